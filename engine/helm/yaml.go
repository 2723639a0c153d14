package helm

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v2"
	"helm.sh/helm/v4/pkg/chart/common"
	sigsyaml "sigs.k8s.io/yaml"
	goyaml "sigs.k8s.io/yaml/goyaml.v3"
)

func unmarshalYAML(content []byte, into any) error { return sigsyaml.Unmarshal(content, into) }

// marshalYAML gives what sigs.k8s.io/yaml.Marshal gives. That prints JSON, reads it as YAML and prints the result; here
// plain data goes straight to the last step, which saves two thirds of the time of a function that charts call hundreds of
// times. Data that the detour would change goes through it.
func marshalYAML(value any) ([]byte, error) {
	if plain, ok := afterJSON(value); ok {
		return yaml.Marshal(plain)
	}
	return sigsyaml.Marshal(value)
}

// afterJSON is the value as it comes back from JSON read as YAML: whole numbers are integers. False for what is not plain
// data, or holds text that JSON or the YAML reader would not bring back as it was.
func afterJSON(value any) (any, bool) {
	switch value := value.(type) {
	case nil, bool:
		return value, true
	case string:
		return value, survivesJSON(value)
	case int:
		return value, true
	case int64:
		return value, true
	case float64:
		return numberAfterJSON(value)
	case common.Values:
		return mapAfterJSON(value)
	case map[string]any:
		return mapAfterJSON(value)
	case []any:
		if value == nil {
			return nil, true
		}
		items := make([]any, len(value))
		for index, item := range value {
			var ok bool
			if items[index], ok = afterJSON(item); !ok {
				return nil, false
			}
		}
		return items, true
	case []string:
		if value == nil {
			return nil, true
		}
		for _, item := range value {
			if !survivesJSON(item) {
				return nil, false
			}
		}
		return value, true
	}
	return nil, false
}

// maxPlainKey stays below the length at which YAML's reader no longer takes a text for a key.
const maxPlainKey = 128

func mapAfterJSON(value map[string]any) (any, bool) {
	if value == nil {
		return nil, true
	}
	fields := make(map[string]any, len(value))
	for key, field := range value {
		if len(key) > maxPlainKey || key == "<<" || !survivesJSON(key) {
			return nil, false
		}
		var ok bool
		if fields[key], ok = afterJSON(field); !ok {
			return nil, false
		}
	}
	return fields, true
}

// maxExactFloat: below it JSON prints whole numbers in digits, and all of them fit into an int64.
const maxExactFloat = 1 << 53

func numberAfterJSON(value float64) (any, bool) {
	size := math.Abs(value)
	if size == math.Trunc(size) {
		return int64(value), size < maxExactFloat
	}
	// Others are printed by the shortest digits and so read back as they are; JSON has no infinity.
	return value, size >= 1e-6 && size < maxExactFloat
}

// survivesJSON: UTF-8 without control characters, of which the YAML reader refuses some. Line ends of other systems and
// what the reader takes for one are left to the detour, too.
func survivesJSON(text string) bool {
	for place := 0; place < len(text); {
		char := text[place]
		if char < utf8.RuneSelf {
			if char < 0x20 && char != '\n' && char != '\t' || char == 0x7f {
				return false
			}
			place++
			continue
		}
		point, size := utf8.DecodeRuneInString(text[place:])
		switch {
		case point == utf8.RuneError, point < 0xa0, point == 0x2028, point == 0x2029, point == 0xfeff, point == 0xfffe, point == 0xffff:
			return false
		}
		place += size
	}
	return true
}

// The functions below behave as upstream's of the same names (pkg/engine/funcs.go, not exported there): those without
// "must" swallow errors, or hand them back as data.

func toYAML(value any) string {
	data, err := marshalYAML(value)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(data), "\n")
}

func mustToYAML(value any) string {
	data, err := marshalYAML(value)
	if err != nil {
		panic(err)
	}
	return strings.TrimSuffix(string(data), "\n")
}

func toYAMLPretty(value any) string {
	var data bytes.Buffer
	encoder := goyaml.NewEncoder(&data)
	encoder.SetIndent(2)
	if err := encoder.Encode(value); err != nil {
		return ""
	}
	return strings.TrimSuffix(data.String(), "\n")
}

// readTexts keeps what texts of `fromYaml` read as; charts hand over the same ones again and again.
var readTexts = newGenerations[map[string]any](4 << 20)

// fromYAML reads most texts without upstream's detour over JSON. Templates may write into what they get.
func fromYAML(text string) map[string]any {
	if known, found := readTexts.find(text); found {
		return copyOf(known).(map[string]any)
	}
	if fields, ok := readPlain(text); ok {
		readTexts.keep(text, fields, 512+8*len(text))
		return copyOf(fields).(map[string]any)
	}
	fields := map[string]any{}
	if err := unmarshalYAML([]byte(text), &fields); err != nil {
		fields["Error"] = err.Error()
	}
	return fields
}

func fromYAMLArray(text string) []any {
	items := []any{}
	if err := unmarshalYAML([]byte(text), &items); err != nil {
		items = []any{err.Error()}
	}
	return items
}

func toTOML(value any) string {
	var data bytes.Buffer
	if err := toml.NewEncoder(&data).Encode(value); err != nil {
		return err.Error()
	}
	return data.String()
}

func mustToTOML(value any) string {
	var data bytes.Buffer
	if err := toml.NewEncoder(&data).Encode(value); err != nil {
		panic(err)
	}
	return data.String()
}

func fromTOML(text string) map[string]any {
	fields := map[string]any{}
	if err := toml.Unmarshal([]byte(text), &fields); err != nil {
		fields["Error"] = err.Error()
	}
	return fields
}

func toJSON(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(data)
}

func mustToJSON(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func fromJSON(text string) map[string]any {
	fields := map[string]any{}
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		fields["Error"] = err.Error()
	}
	return fields
}

func fromJSONArray(text string) []any {
	items := []any{}
	if err := json.Unmarshal([]byte(text), &items); err != nil {
		items = []any{err.Error()}
	}
	return items
}

// readPlain reads a mapping whose keys are texts, numbers as float64. False for all else, errors included.
func readPlain(text string) (map[string]any, bool) {
	var value any
	if yaml.Unmarshal([]byte(text), &value) != nil {
		return nil, false
	}
	plain, ok := asFromJSON(value)
	fields, isMap := plain.(map[string]any)
	return fields, ok && isMap
}

// asFromJSON is a value of the YAML package as it comes back from JSON.
func asFromJSON(value any) (any, bool) {
	switch value := value.(type) {
	case nil, bool:
		return value, true
	case string:
		return value, utf8.ValidString(value)
	case int:
		return float64(value), true
	case float64:
		return value, !math.IsNaN(value) && !math.IsInf(value, 0)
	case []any:
		for index, item := range value {
			var ok bool
			if value[index], ok = asFromJSON(item); !ok {
				return nil, false
			}
		}
		return value, true
	case map[any]any:
		fields := make(map[string]any, len(value))
		for key, field := range value {
			name, isText := key.(string)
			if !isText || !utf8.ValidString(name) {
				return nil, false
			}
			var ok bool
			if fields[name], ok = asFromJSON(field); !ok {
				return nil, false
			}
		}
		return fields, true
	}
	return nil, false
}

// appendNumber prints a number with its type, for digests: a template can tell int from float64.
func appendNumber(out []byte, value float64) []byte {
	return append(strconv.AppendFloat(append(out, 'f'), value, 'g', -1, 64), ' ')
}
