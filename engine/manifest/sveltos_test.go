package manifest

import (
	"slices"
	"testing"
)

func namesIn(objects []*Object) []string {
	names := []string{}
	for _, object := range objects {
		names = append(names, object.Name)
	}
	return names
}

func configMap(name string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\n"
}

func TestReadSveltosSplitsStreamsListsOfTextsAndLists(t *testing.T) {
	json := `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%"}}`
	for text, want := range map[string][]string{
		"":                       {},
		"# only\n\n# comments\n": {},
		"---\n# only\n---\n":     {},
		configMap("a"):           {"a"},
		"---\n" + configMap("a") + "--- # next\n" + configMap("b") + "---\nnull\n":                                                           {"a", "b"},
		"- |\n  apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n- |\n  apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: b}\n": {"a", "b"},
		"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n":                                   {"a"},
		"apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}\n":                                        {"a", "b"},
		json + "\n---\n" + json: {"%", "%"},
	} {
		objects, fault := ReadSveltos(text)
		if fault != nil || !slices.Equal(namesIn(objects), want) {
			t.Errorf("%q: %v %v", text, namesIn(objects), fault)
		}
	}
}

func TestReadSveltosRefusesWhatIsNoObject(t *testing.T) {
	for text, line := range map[string]int{
		configMap("a") + "---kind: X\n":                             5,
		configMap("a") + "----\n" + configMap("b"):                  5,
		configMap("a") + "---\na: b: c\n":                           6,
		"kind: ConfigMap\nmetadata: {name: a}\n":                    0,
		"apiVersion: v1\nkind: Pod\n":                               0,
		"apiVersion: v1\nkind: Pod\nmetadata: {name: 1}\n":          0,
		"apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n": 0,
		"- a: 1\n":                0,
		"text":                    0,
		"[\"a\"]":                 0,
		"{\"a\":1}---\n{\"a\":1}": 0,
	} {
		_, fault := ReadSveltos(text)
		if fault == nil || fault.Line != line {
			t.Errorf("%q: %+v, want line %d", text, fault, line)
		}
	}
}

func TestSplitTellsWhereDocumentsStand(t *testing.T) {
	text := "# head\n---\na: 1\n--- # second\nb: 2\n---\n"
	parts := Split(text)
	want := []string{"# head\n", "a: 1\n", "b: 2\n", ""}
	if len(parts) != len(want) {
		t.Fatalf("%+v", parts)
	}
	for place, part := range parts {
		if part.Text != want[place] || text[part.Start:part.End] != part.Text || part.Fault != nil {
			t.Errorf("part %d: %+v", place, part)
		}
	}
}

func TestSplitHelmLetsASeparatorRunIntoItsDocument(t *testing.T) {
	got := SplitHelm("\n\n---\n  \n---kind: A\n---   \nkind: B\n")
	if !slices.Equal(got, []string{"kind: A\n", "kind: B\n"}) {
		t.Fatalf("%q", got)
	}
}
