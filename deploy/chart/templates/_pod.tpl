{{/* The same for every container of ours: little can be done in it. */}}
{{- define "intnet.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "intnet.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* A pod of one service. Give root, name, own. */}}
{{- define "intnet.pod" -}}
{{- $values := .root.Values -}}
{{- $env := include "intnet.env" . -}}
{{- $file := include "intnet.ownSecret" . | fromYaml -}}
metadata:
  labels:
    {{- include "intnet.labels" . | nindent 4 }}
    {{- with .own.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ $env | sha256sum }}
    kubectl.kubernetes.io/default-container: {{ .name }}
    {{- with .own.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "intnet.fullname" .root }}-{{ .name }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .own.terminationGracePeriodSeconds }}
  {{- with $values.global.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .own.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .own.runtimeClassName }}
  runtimeClassName: {{ . }}
  {{- end }}
  securityContext:
    {{- include "intnet.podSecurity" . | nindent 4 }}
  {{- if .own.spreadOver }}
  topologySpreadConstraints:
    {{- range .own.spreadOver }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "intnet.selector" $ | nindent 10 }}
      {{- if ne $.name "ingest" }}
      matchLabelKeys: [pod-template-hash]
      {{- end }}
    {{- end }}
  {{- end }}
  {{- with .own.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .own.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .own.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .name }}
      image: {{ include "intnet.image" (dict "root" .root "name" .name "digest" .own.image.digest) }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      ports:
        - {name: http, containerPort: 8000, protocol: TCP}
        - {name: metrics, containerPort: 9000, protocol: TCP}
      env:
        {{- $env | nindent 8 }}
      {{- with .own.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      # Alive: its own event loop and consume loop. Ready: its dependencies too, and not stopping.
      startupProbe:
        httpGet: {path: /livez, port: metrics}
        periodSeconds: 2
        timeoutSeconds: 2
        failureThreshold: {{ div (int .own.startupSeconds) 2 }}
      livenessProbe:
        httpGet: {path: /livez, port: metrics}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      readinessProbe:
        httpGet: {path: /readyz, port: metrics}
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      lifecycle:
        preStop:
          sleep: {seconds: {{ .own.preStopSeconds }}}
      resources:
        {{- toYaml .own.resources | nindent 8 }}
      securityContext:
        {{- include "intnet.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        - {name: shared, mountPath: /secrets/shared, readOnly: true}
        {{- if $file }}
        - {name: own, mountPath: /secrets/own, readOnly: true}
        {{- end }}
        {{- if $values.mongodb.ca.existingSecret }}
        - {name: mongodb-ca, mountPath: /secrets/mongodb, readOnly: true}
        {{- end }}
        {{- with include "intnet.kafka.mounts" . | trim }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- if eq .name "ingest" }}
        - {name: spool, mountPath: /spool}
        {{- end }}
        {{- with .own.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {sizeLimit: 64Mi}
    # Whole folders, not subPaths: those would never show a changed Secret.
    - name: shared
      secret:
        secretName: {{ $values.secrets.shared.existingSecret }}
        defaultMode: 0440
        items:
          - {key: {{ $values.secrets.shared.keysKey }}, path: keys.json}
          - {key: {{ $values.secrets.shared.jwksKey }}, path: jwks.json}
    {{- if $file }}
    - name: own
      secret: {secretName: {{ $file.secret }}, defaultMode: 0440, items: [{key: {{ $file.key }}, path: {{ $file.path }}}]}
    {{- end }}
    {{- with $values.mongodb.ca.existingSecret }}
    - name: mongodb-ca
      secret: {secretName: {{ . }}, defaultMode: 0440}
    {{- end }}
    {{- with include "intnet.kafka.volumes" . | trim }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with .own.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
