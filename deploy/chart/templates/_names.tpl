{{/* The services, in the order in which they are rendered. */}}
{{- define "intnet.services" -}}
ingest matcher insights messaging consent gateway
{{- end }}

{{- define "intnet.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "intnet.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "intnet.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "intnet.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Everything of one service: root, name, its values over the default. Give root and name. */}}
{{- define "intnet.service" -}}
{{- $own := index .root.Values.services .name | default dict -}}
{{- mergeOverwrite (deepCopy .root.Values.default) (deepCopy $own) | toYaml -}}
{{- end }}

{{/* Labels that never change, and so select. Give root and name. */}}
{{- define "intnet.selector" -}}
app.kubernetes.io/name: {{ include "intnet.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .name }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{/* All standard labels. Give root and name. */}}
{{- define "intnet.labels" -}}
{{ include "intnet.selector" . }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: intnet
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* metadata's content. Give root, name (the component, or ""), and suffix of the name. */}}
{{- define "intnet.metadata" -}}
name: {{ printf "%s-%s" (include "intnet.fullname" .root) (.suffix | default .name) }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "intnet.labels" . | nindent 2 }}
{{- end }}

{{/* Give root, name, and digest. */}}
{{- define "intnet.image" -}}
{{- $place := printf "%s/%s" .root.Values.image.repository .name -}}
{{- with .root.Values.global.imageRegistry }}{{ $place = printf "%s/%s" (trimSuffix "/" .) $place }}{{ end -}}
{{- if .digest -}}
{{ printf "%s@%s" $place .digest }}
{{- else -}}
{{ printf "%s:%s" $place (.root.Values.image.tag | default .root.Chart.AppVersion) }}
{{- end -}}
{{- end }}
