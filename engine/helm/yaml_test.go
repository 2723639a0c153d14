package helm

import (
	"encoding/json"
	"math"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	sigsyaml "sigs.k8s.io/yaml"
)

// texts are pieces at which printers and readers of YAML go wrong.
var texts = []string{
	"", " ", "a", "true", "yes", "on", "null", "~", "1", "1.0", "0x1f", "1e3", "1:30", "2020-01-01", "-", "- a", "a: b", "#c",
	"a #b", "a\nb", "a\n", "\na", "a\n\n", "\ta", "a\tb", "'", "\"", "\\", "é", "\U0001F600", "\u0085", "\u2028", "\ufeff", "\u0000",
	"\u007f", "\r", "a\r\nb", "<<", "=", "<a&b>", "{{ x }}", "%", "@", "`", "!x", "&x", "*x", "|", ">", "\xff", strings.Repeat("k", 200),
	strings.Repeat("long words ", 20), "a\n  b\n c", "  a\nb",
}

func randomValue(random *rand.Rand, depth int) any {
	switch kind := random.Intn(10); {
	case kind < 3 || depth == 0:
		return texts[random.Intn(len(texts))]
	case kind == 3:
		return random.Intn(2) == 0
	case kind == 4:
		return nil
	case kind == 5:
		numbers := []float64{0, 1, -1, 1.5, 1e20, 1e21, 1e-7, 123456789, 9007199254740993, 0.1, -0.0, math.MaxFloat64, 1e6, 3e-5}
		return numbers[random.Intn(len(numbers))]
	case kind == 6:
		return []any{random.Intn(100), int64(random.Intn(100))}[random.Intn(2)]
	case kind < 9:
		fields := map[string]any{}
		for range random.Intn(4) {
			fields[texts[random.Intn(len(texts))]] = randomValue(random, depth-1)
		}
		return fields
	}
	items := []any{}
	for range random.Intn(4) {
		items = append(items, randomValue(random, depth-1))
	}
	return items
}

func TestToYamlPrintsAsUpstream(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	for range 50000 {
		value := randomValue(random, 3)
		expected, expectedErr := sigsyaml.Marshal(value)
		actual, err := marshalYAML(value)
		if string(actual) != string(expected) || (err == nil) != (expectedErr == nil) {
			printed, _ := json.Marshal(value)
			t.Fatalf("%s\nours: %q %v\nupstream: %q %v", printed, actual, err, expected, expectedErr)
		}
	}
}

func TestFromYamlReadsAsUpstream(t *testing.T) {
	random := rand.New(rand.NewSource(5))
	for range 30000 {
		var text string
		if random.Intn(3) == 0 {
			for range random.Intn(6) {
				text += texts[random.Intn(len(texts))] + []string{"", "\n", ": ", "\n- "}[random.Intn(4)]
			}
		} else {
			printed, _ := sigsyaml.Marshal(randomValue(random, 3))
			text = string(printed)
		}
		expected := map[string]any{}
		if err := sigsyaml.Unmarshal([]byte(text), &expected); err != nil {
			expected["Error"] = err.Error()
		}
		for range 2 {
			actual := fromYAML(text)
			if !reflect.DeepEqual(actual, expected) {
				t.Fatalf("%q\nours: %#v\nupstream: %#v", text, actual, expected)
			}
			if actual != nil {
				// What a template writes must not be seen by the next.
				actual["written"] = true
			}
		}
	}
}
