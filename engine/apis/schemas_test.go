package main

import (
	"go/parser"
	"go/token"
	"reflect"
	"testing"
)

func parse(t *testing.T, source string) goTypes {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "types.go", "package v1\n"+source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	types := goTypes{values: map[string][]string{}, structs: map[string]goStruct{}}
	types.read(file, homeOf("core/v1"))
	return types
}

func TestEnumsAreTheValuesOfMarkedTypesInlineFieldsIncluded(t *testing.T) {
	types := parse(t, "// +enum\ntype Mode string\ntype Open string\n"+
		"const (\n\tB Mode = \"b\"\n\tA Mode = \"a\"\n\tC Open = \"c\"\n)\n"+
		"type Inner struct {\n\tMode *Mode `json:\"mode\"`\n}\n"+
		"type Outer struct {\n\tInner `json:\",inline\"`\n\tModes []Mode `json:\"modes,omitempty\"`\n\tOpen Open `json:\"open\"`\n}\n")
	fields := map[string][]string{}
	types.collect(types.structs["core.v1.Outer"], fields)
	want := map[string][]string{"mode": {"a", "b"}, "modes": {"a", "b"}}
	if !reflect.DeepEqual(fields, want) {
		t.Errorf("got %v, want %v", fields, want)
	}
}

func TestShapesSayHowItemsAreToldApart(t *testing.T) {
	reader := minorReader{schemas: newSchemas(nil), definitions: map[string]definition{
		"resource.Quantity": {Type: "string"}, "core.v1.Port": {Type: "object"}, "runtime.Strange": {Type: "integer"},
	}, seen: map[string]bool{}}
	ports := &definition{Ref: "#/definitions/io.k8s.api.core.v1.Port"}
	for _, one := range []struct {
		name     string
		property definition
		want     shape
	}{
		{"a map", definition{Type: "array", Items: ports, ListType: "map", ListMapKeys: []string{"a", "b"}, MergeKey: "a"},
			shape{Items: &shape{Definition: "core.v1.Port"}, Keys: []string{"a", "b"}}},
		{"a merge key alone", definition{Type: "array", Items: ports, ListType: "atomic", MergeKey: "a"},
			shape{Items: &shape{Definition: "core.v1.Port"}, Keys: []string{"a"}}},
		{"merged values", definition{Type: "array", Items: &definition{Type: "string"}, Strategy: "merge"},
			shape{Items: &shape{Type: "string"}, List: "set"}},
		{"free names", definition{Type: "object", AdditionalProperties: &definition{Ref: "#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity"}},
			shape{Values: &shape{Type: "quantity"}}},
	} {
		got, err := reader.shapeOf(one.property, nil)
		if err != nil || !reflect.DeepEqual(*got, one.want) {
			t.Errorf("%s: got %+v, %v", one.name, got, err)
		}
	}
	if _, err := reader.refer("runtime.Strange"); err == nil {
		t.Error("a definition that is no object is guessed")
	}
}

func TestLifeIsReadFromItsMethods(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "lifecycle.go", `package v1beta1
func (in *Budget) APILifecycleDeprecated() (major, minor int) { return 1, 21 }
func (in *Budget) APILifecycleRemoved() (major, minor int) { return 1, 25 }
func (in *Budget) APILifecycleReplacement() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: "policy", Version: "v1", Kind: "Budget"}
}
`, 0)
	if err != nil {
		t.Fatal(err)
	}
	got, err := livesIn(file)
	want := map[string]life{"Budget": {deprecated: 21, removed: 25, replacement: "policy/v1 Budget"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}
