package manifest

import (
	"reflect"
	"testing"
)

func TestParseReadsYAML11AsKubernetesDoes(t *testing.T) {
	value, fault := Parse("name: n\ny: 1\noct: 017\nthousand: 1_000\ndouble: 1\ndouble: 2\nexact: 9007199254740993\n" +
		"whole: 1.0\nhuge: 18446744073709551615\nbeyond: 123456789012345678901234\ndate: 2024-01-02\n1.5: a\nnothing:\n")
	want := map[string]any{
		"name": false, "true": int64(1), "oct": int64(15), "thousand": int64(1000), "double": int64(2),
		"exact": int64(9007199254740993), "whole": int64(1), "huge": uint64(18446744073709551615),
		"beyond": 123456789012345678901234.0, "date": "2024-01-02", "1.5": "a", "nothing": nil,
	}
	if fault != nil || !reflect.DeepEqual(value, want) {
		t.Fatalf("%v %#v", fault, value)
	}
}

func TestFaultsNameTheirLine(t *testing.T) {
	for text, line := range map[string]int{
		"a: 1\nb: c: d\n":           2,
		"a: 1\n  b: 2\n":            2,
		"a:\n- b\n c: d\n":          3,
		"a: 1\nb: [1, 2\nc: 3\n":    3,
		"a: |\n  x\n\tb: 1\n":       3,
		"a: {b: }}\n":               1,
		"a: 1\nb: \"unclosed\n":     3,
		"kind: X\n...\nkind: Y\n":   3,
		"{\"kind\":\"X\"}{\"a\":1}": 1,
		"a: .nan\n":                 0,
		"a: *missing\n":             0,
		"- a\nb: 1\n":               2,
	} {
		_, fault := Parse(text)
		if fault == nil || fault.Line != line {
			t.Errorf("%q: %+v, want line %d", text, fault, line)
		}
	}
}

func TestJSONIsReadAsJSON(t *testing.T) {
	value, fault := Parse(` {"a": "\ud83d\ude00\/", "n": 12345678901234567890, "y": 1e3}`)
	want := map[string]any{"a": "😀/", "n": uint64(12345678901234567890), "y": int64(1000)}
	if fault != nil || !reflect.DeepEqual(value, want) {
		t.Fatalf("%v %#v", fault, value)
	}
}
