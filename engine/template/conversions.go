package template

import (
	"bytes"
	"encoding/json"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"
	"sigs.k8s.io/yaml"
)

// conversions are Helm's functions between texts and values as Sveltos has them: a text that does not parse gives its
// error as a value under "Error" (or as the only item), a value that does not print gives "".
var conversions = template.FuncMap{
	"toYaml":        toYaml,
	"fromYaml":      fromYaml,
	"fromYamlArray": fromYamlArray,
	"toJson":        toJson,
	"fromJson":      fromJson,
	"fromJsonArray": fromJsonArray,
	"toToml":        toToml,
	"fromToml":      fromToml,
}

func toYaml(value any) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}

func fromYaml(text string) map[string]any {
	value := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		value["Error"] = err.Error()
	}
	return value
}

func fromYamlArray(text string) []any {
	items := []any{}
	if err := yaml.Unmarshal([]byte(text), &items); err != nil {
		return []any{err.Error()}
	}
	return items
}

func toJson(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

func fromJson(text string) map[string]any {
	value := map[string]any{}
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		value["Error"] = err.Error()
	}
	return value
}

func fromJsonArray(text string) []any {
	items := []any{}
	if err := json.Unmarshal([]byte(text), &items); err != nil {
		return []any{err.Error()}
	}
	return items
}

func toToml(value any) string {
	var text bytes.Buffer
	if err := toml.NewEncoder(&text).Encode(value); err != nil {
		return err.Error()
	}
	return text.String()
}

func fromToml(text string) map[string]any {
	value := map[string]any{}
	if err := toml.Unmarshal([]byte(text), &value); err != nil {
		value["Error"] = err.Error()
	}
	return value
}
