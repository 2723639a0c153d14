package manifest

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	yaml12 "go.yaml.in/yaml/v3"
)

func TestPrintLooksLikeKubectl(t *testing.T) {
	value := map[string]any{
		"kind": "ConfigMap", "apiVersion": "v1",
		"metadata": map[string]any{"name": "a", "labels": map[string]any{}},
		"list":     []any{"--port", map[string]any{"b": int64(1), "a": []any{int64(1), []any{"x"}}}, []any{}, nil},
		"data": map[string]any{
			"script": "#!/bin/sh\n\techo \"hi\" \nexit 0\n", "kept": "a\n\n", "stripped": "a\nb", "indented": "\n  a\nb\n",
			"emoji": "✓ 😀", "escaped": "a\r\nb", "blank line": "a\n  \nb", "x: y": "a: b", "quote": "it's: so",
		},
		"big": int64(9007199254740993), "huge": uint64(math.MaxUint64), "small": 1e-7, "half": 0.5, "far": 1e21,
	}
	want := strings.TrimPrefix(`
apiVersion: v1
big: 9007199254740993
data:
  blank line: "a\n  \nb"
  emoji: ✓ 😀
  escaped: "a\r\nb"
  indented: |2

      a
    b
  kept: |+
    a

  quote: 'it''s: so'
  script: |
    #!/bin/sh
    	echo "hi" `+`
    exit 0
  stripped: |-
    a
    b
  'x: y': 'a: b'
far: 1.0e+21
half: 0.5
huge: 18446744073709551615
kind: ConfigMap
list:
- --port
- a:
  - 1
  - - x
  b: 1
- []
- null
metadata:
  labels: {}
  name: a
small: 1.0e-07
`, "\n")
	if got := string(Print(value)); got != want {
		t.Fatalf("got:\n%s", got)
	}
}

func TestPrintQuotesWhatAnyReaderTakesForAnotherType(t *testing.T) {
	for _, text := range []string{
		"", "~", "null", "NULL", "y", "N", "yes", "Off", "true", "=", "<<", ".inf", "-.INF", "nan", "1", "-1", "+1", "017",
		"0o17", "0x1F", "0b11", "1_000", "1e3", "1E-3", "1.", ".5", "1.5e+3", "190:20:30", "1:30.5", "2024-01-02",
		"2024-1-2T03:04:05Z", "12e03", "0.0",
	} {
		if got := string(Print(text)); got != `"`+text+"\"\n" {
			t.Errorf("%q is printed as %s", text, got)
		}
	}
}

func TestPrintLeavesPlainWhatNobodyMisreads(t *testing.T) {
	for _, text := range []string{
		"v1.2.3", "1.2.3", "10.0.0.1", "0.0.0.0:80", "500m", "1Gi", "--port", "a#b", "a:b", "http://x/y", "sha256:ab", "1a",
		"{{ x", "e3", "-", "yess", "12-3", "a, b", "日本", "0x", "1.2.3-rc.1+4",
	} {
		got := strings.TrimSuffix(string(Print(text)), "\n")
		if quoted := strings.ContainsAny(got[:1], `"'`); quoted != (text == "{{ x" || text == "-" || text == "0x") {
			t.Errorf("%q is printed as %s", text, got)
		}
	}
}

func TestPrintKeepsLongKeysAndLinesWhole(t *testing.T) {
	key := strings.Repeat("k", 1500)
	value := map[string]any{key: []any{strings.Repeat("word ", 300) + "end"}, "map": map[string]any{key: map[string]any{"a": "b\nc"}}}
	roundTrip(t, value)
}

// roundTrip reads the printed text back by readers of YAML 1.1 and 1.2.
func roundTrip(t *testing.T, value any) {
	t.Helper()
	text := Print(value)
	if !bytes.HasSuffix(text, []byte("\n")) {
		t.Fatalf("no newline at the end of %q", text)
	}
	again, fault := Parse(string(text))
	if fault != nil || !reflect.DeepEqual(value, again) {
		t.Fatalf("YAML 1.1 reads another value (%v) from\n%s", fault, text)
	}
	var newer any
	if err := yaml12.Unmarshal(text, &newer); err != nil {
		t.Fatalf("YAML 1.2: %v in\n%s", err, text)
	}
	if newer, _ = toJSONTypes(newer); !reflect.DeepEqual(value, newer) {
		t.Fatalf("YAML 1.2 reads another value from\n%s", text)
	}
	if !bytes.Equal(text, Print(again)) {
		t.Fatal("printed again, the bytes differ")
	}
	fromJSON, err := ParseJSON(AppendJSON(nil, value))
	if err != nil || !reflect.DeepEqual(value, fromJSON) {
		t.Fatalf("JSON reads another value (%v)", err)
	}
}

func FuzzPrintRoundTrips(f *testing.F) {
	for _, text := range []string{
		"a", "y", "1e3", "0o7", "2024-01-02", " lead", "trail ", "a\nb", "a\n\nb\n\n", "\n a\n", "\ta\nb", "a\n\tb", "a: b", "- a",
		"#", "a #b", "'", `"`, "\\", "\x00", "\u0085", "\u2028", "\ufeff", "😀\n", "---", "...", "?", ": a", "&a", "*a", "|", "%",
		"a\n ", " \n", "\r\n", "key: |\n  text\n", "a\n---\nb", "2024-01-02\"", "0x1\\", "!!str a", "@", "`", "-\n", "[", "{}", "a\n\n\n", "\n\n",
	} {
		f.Add(text, text, int64(1<<60), 1.5)
	}
	f.Fuzz(func(t *testing.T, key, text string, whole int64, real float64) {
		key, text = strings.ToValidUTF8(key, "?"), strings.ToValidUTF8(text, "?")
		number, err := wholeNumber(real)
		if err != nil {
			number = whole
		}
		roundTrip(t, map[string]any{
			key:      text,
			"nested": []any{text, []any{text, number}, map[string]any{key: text, "z": whole}},
			"text":   map[string]any{"block": map[string]any{key: []any{text}}},
		})
	})
}
