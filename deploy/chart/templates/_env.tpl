{{/* The environment of one service. Give root, name, own (its values). */}}
{{- define "intnet.env" -}}
{{- $values := .root.Values -}}
{{- $prefix := upper .name -}}
{{- $base := include "intnet.fullname" .root -}}
{{ include "intnet.kafka.env" . }}
- name: MONGO_URL
{{- if or .own.mongodb.existingSecret $values.mongodb.existingSecret }}
  valueFrom: {secretKeyRef: {name: {{ .own.mongodb.existingSecret | default $values.mongodb.existingSecret }}, key: {{ $values.mongodb.key }}}}
{{- else }}
  value: {{ $values.mongodb.url | quote }}
{{- end }}
- {name: KEYS_FILE, value: /secrets/shared/keys.json}
- {name: JWKS_FILE, value: /secrets/shared/jwks.json}
- {name: ENVIRONMENT, value: {{ $values.environment }}}
- {name: LOG_LEVEL, value: {{ $values.logLevel }}}
{{- with $values.otlpEndpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
{{- end }}
- {name: {{ $prefix }}_HOST, value: 0.0.0.0}
- {name: {{ $prefix }}_PORT, value: "8000"}
- {name: {{ $prefix }}_ADMIN_PORT, value: "9000"}
{{- if eq .name "ingest" }}
- name: INGEST_TELNYX_KEYS
{{- if $values.telnyx.publicKeysSecret.existingSecret }}
  valueFrom: {secretKeyRef: {name: {{ $values.telnyx.publicKeysSecret.existingSecret }}, key: {{ $values.telnyx.publicKeysSecret.key }}}}
{{- else }}
  value: {{ $values.telnyx.publicKeys | toJson | quote }}
{{- end }}
- {name: INGEST_SPOOL, value: /spool/events}
- {name: INGEST_SPOOL_BYTES, value: {{ $values.ingest.spool.bytes | int64 | quote }}}
{{- else if eq .name "messaging" }}
- {name: MESSAGING_TELNYX_URL, value: {{ $values.telnyx.url | quote }}}
- {name: MESSAGING_TELNYX_KEY_FILE, value: /secrets/own/telnyx-api-key}
- {name: MESSAGING_WEBHOOK_URL, value: {{ printf "https://%s/webhooks/telnyx" $values.hosts.ingest | quote }}}
{{- else if eq .name "consent" }}
- {name: CONSENT_AUDIT_KEY_FILE, value: /secrets/own/audit-keys.json}
- {name: CONSENT_AUDIT_ORIGIN, value: {{ $values.audit.origin | default $values.hosts.gateway | quote }}}
{{- else if eq .name "gateway" }}
- {name: GATEWAY_PUBLIC_URL, value: {{ printf "https://%s" $values.hosts.gateway | quote }}}
- {name: GATEWAY_SIGNING_KEY_FILE, value: /secrets/own/signing.jwk}
- {name: GATEWAY_PROXIES, value: {{ $values.gateway.proxies | quote }}}
{{- $behind := dict }}
{{- range list "matcher" "insights" "messaging" "consent" }}
{{- $_ := set $behind . (printf "http://%s-%s:8000" $base .) }}
{{- end }}
- {name: GATEWAY_SERVICES, value: {{ $behind | toJson | quote }}}
{{- end }}
{{- with .own.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The file that one service alone has, as YAML: {secret, key, path}; nothing, if it has none. */}}
{{- define "intnet.ownSecret" -}}
{{- if eq .name "gateway" }}
secret: {{ .root.Values.secrets.gateway.existingSecret }}
key: {{ .root.Values.secrets.gateway.key }}
path: signing.jwk
{{- else if eq .name "messaging" }}
secret: {{ .root.Values.secrets.messaging.existingSecret }}
key: {{ .root.Values.secrets.messaging.key }}
path: telnyx-api-key
{{- else if eq .name "consent" }}
secret: {{ .root.Values.secrets.consent.existingSecret }}
key: {{ .root.Values.secrets.consent.key }}
path: audit-keys.json
{{- end }}
{{- end }}
