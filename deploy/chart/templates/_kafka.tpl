{{/* PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL. */}}
{{- define "intnet.kafka.protocol" -}}
{{- $tls := .Values.kafka.tls.enabled -}}
{{- if .Values.kafka.sasl.enabled -}}
{{ ternary "SASL_SSL" "SASL_PLAINTEXT" $tls }}
{{- else -}}
{{ ternary "SSL" "PLAINTEXT" $tls }}
{{- end -}}
{{- end }}

{{/* The user of one service. Give root, name, own (the service's values). */}}
{{- define "intnet.kafka.username" -}}
{{- if .own.kafka.username -}}
{{ .own.kafka.username }}
{{- else if .root.Values.strimzi.users.enabled -}}
{{ include "intnet.fullname" .root }}-{{ .name }}
{{- else -}}
{{ .root.Values.kafka.sasl.username }}
{{- end -}}
{{- end }}

{{/* Secrets of one service, as YAML: {secret, password, cert, key}. Give root, name, own. */}}
{{- define "intnet.kafka.secret" -}}
{{- $kafka := .root.Values.kafka -}}
{{- $own := .own.kafka.existingSecret -}}
{{- if and (not $own) .root.Values.strimzi.users.enabled -}}
sasl: {{ include "intnet.fullname" .root }}-{{ .name }}
client: {{ include "intnet.fullname" .root }}-{{ .name }}
password: password
cert: user.crt
key: user.key
{{- else -}}
sasl: {{ $own | default $kafka.sasl.existingSecret }}
client: {{ $own | default $kafka.tls.client.existingSecret }}
password: {{ $kafka.sasl.passwordKey }}
cert: {{ $kafka.tls.client.certKey }}
key: {{ $kafka.tls.client.keyKey }}
{{- end -}}
{{- end }}

{{- define "intnet.kafka.ca" -}}
{{- if .Values.kafka.tls.ca.existingSecret -}}
{{ .Values.kafka.tls.ca.existingSecret }}
{{- else if .Values.strimzi.cluster -}}
{{ .Values.strimzi.cluster }}-cluster-ca-cert
{{- end -}}
{{- end }}

{{/* Give root, name, own. */}}
{{- define "intnet.kafka.env" -}}
{{- $kafka := .root.Values.kafka -}}
{{- $protocol := include "intnet.kafka.protocol" .root -}}
- {name: KAFKA_URL, value: {{ $kafka.bootstrapServers | quote }}}
- {name: KAFKA_SECURITY_PROTOCOL, value: {{ $protocol }}}
{{- if and $kafka.tls.enabled (include "intnet.kafka.ca" .root) }}
- {name: KAFKA_CA_FILE, value: /secrets/kafka-ca/ca.crt}
{{- end }}
{{- if and $kafka.tls.enabled $kafka.tls.client.enabled }}
- {name: KAFKA_CERT_FILE, value: /secrets/kafka-client/tls.crt}
- {name: KAFKA_KEY_FILE, value: /secrets/kafka-client/tls.key}
{{- end }}
{{- if $kafka.sasl.enabled }}
- {name: KAFKA_SASL_MECHANISM, value: {{ $kafka.sasl.mechanism }}}
- {name: KAFKA_USERNAME, value: {{ include "intnet.kafka.username" . | quote }}}
- {name: KAFKA_PASSWORD_FILE, value: /secrets/kafka-password/password}
{{- end }}
{{- end }}

{{/* Volumes of the above. Give root, name, own. */}}
{{- define "intnet.kafka.volumes" -}}
{{- $kafka := .root.Values.kafka -}}
{{- $secret := include "intnet.kafka.secret" . | fromYaml -}}
{{- if and $kafka.tls.enabled (include "intnet.kafka.ca" .root) }}
- name: kafka-ca
  secret: {secretName: {{ include "intnet.kafka.ca" .root }}, defaultMode: 0440, items: [{key: {{ $kafka.tls.ca.key }}, path: ca.crt}]}
{{- end }}
{{- if and $kafka.tls.enabled $kafka.tls.client.enabled }}
- name: kafka-client
  secret:
    secretName: {{ $secret.client }}
    defaultMode: 0440
    items: [{key: {{ $secret.cert }}, path: tls.crt}, {key: {{ $secret.key }}, path: tls.key}]
{{- end }}
{{- if $kafka.sasl.enabled }}
- name: kafka-password
  secret: {secretName: {{ $secret.sasl }}, defaultMode: 0440, items: [{key: {{ $secret.password }}, path: password}]}
{{- end }}
{{- end }}

{{- define "intnet.kafka.mounts" -}}
{{- $kafka := .root.Values.kafka -}}
{{- if and $kafka.tls.enabled (include "intnet.kafka.ca" .root) }}
- {name: kafka-ca, mountPath: /secrets/kafka-ca, readOnly: true}
{{- end }}
{{- if and $kafka.tls.enabled $kafka.tls.client.enabled }}
- {name: kafka-client, mountPath: /secrets/kafka-client, readOnly: true}
{{- end }}
{{- if $kafka.sasl.enabled }}
- {name: kafka-password, mountPath: /secrets/kafka-password, readOnly: true}
{{- end }}
{{- end }}
