package helm

import sigsyaml "sigs.k8s.io/yaml"

// ValuesText is YAML of the chart's own values.yaml, for kustomize, which lays valuesInline over it by a merge of its own.
func (loaded *Chart) ValuesText() ([]byte, error) { return sigsyaml.Marshal(loaded.pristine.Values) }
