package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// definition of an OpenAPI document, or one of its fields.
type definition struct {
	Type                 string
	Format               string
	Ref                  string `json:"$ref"`
	Properties           map[string]definition
	Required             []string
	Items                *definition
	AdditionalProperties *definition
	ListType             string                                  `json:"x-kubernetes-list-type"`
	ListMapKeys          []string                                `json:"x-kubernetes-list-map-keys"`
	MergeKey             string                                  `json:"x-kubernetes-patch-merge-key"`
	Strategy             string                                  `json:"x-kubernetes-patch-strategy"`
	Kinds                []struct{ Group, Version, Kind string } `json:"x-kubernetes-group-version-kind"`
}

// shape is what the table says of a value. Exactly one of type, definition, items and values is there.
type shape struct {
	// Type is string, integer, number, boolean, any, or one of the scalars below.
	Type string `json:"type,omitempty"`
	// Definition holds the fields of an object.
	Definition string `json:"definition,omitempty"`
	Items      *shape `json:"items,omitempty"`
	// Values of an object whose names are free.
	Values *shape `json:"values,omitempty"`
	// Keys of the items of a list that is a map.
	Keys []string `json:"keys,omitempty"`
	// List is set or atomic.
	List     string   `json:"list,omitempty"`
	Enum     []string `json:"enum,omitempty"`
	Required bool     `json:"required,omitempty"`
}

// Definitions whose Go types read JSON by themselves.
var scalars = map[string]string{
	"resource.Quantity":    "quantity",
	"intstr.IntOrString":   "int-or-string",
	"meta.v1.Time":         "time",
	"meta.v1.MicroTime":    "time",
	"meta.v1.FieldsV1":     "any",
	"runtime.RawExtension": "any",
}

// schemas unites the fields of the kinds of all releases.
type schemas struct {
	first, last int
	unenforced  map[string]bool
	kinds       map[string]string
	// fields by definition, name and the JSON of the shape: the minors that have it so.
	fields map[string]map[string]map[string][]int
}

func newSchemas(unenforced []string) *schemas {
	s := &schemas{unenforced: map[string]bool{}, kinds: map[string]string{}, fields: map[string]map[string]map[string][]int{}}
	for _, field := range unenforced {
		s.unenforced[field] = true
	}
	return s
}

// add takes what the kinds that a release serves by default reach.
func (s *schemas) add(one release, served []resource) error {
	if s.first == 0 {
		s.first = one.minor
	}
	s.last = one.minor
	content, err := os.ReadFile(filepath.Join(one.kubernetes, "api/openapi-spec/swagger.json"))
	if err != nil {
		return err
	}
	var document struct{ Definitions map[string]definition }
	if err := json.Unmarshal(content, &document); err != nil {
		return err
	}
	values, err := readEnums(one.api)
	if err != nil {
		return err
	}
	names := map[string]string{}
	definitions := map[string]definition{}
	for long, body := range document.Definitions {
		short := shortName(long)
		if _, twice := definitions[short]; twice {
			return fmt.Errorf("two definitions are %s", short)
		}
		definitions[short] = body
		for _, kind := range body.Kinds {
			names[resource{group: kind.Group, version: kind.Version}.groupVersion()+"/"+kind.Kind] = short
		}
	}
	reader := minorReader{schemas: s, minor: one.minor, definitions: definitions, values: values, seen: map[string]bool{}}
	for _, row := range served {
		if row.subresource {
			continue
		}
		kind := row.groupVersion() + "/" + row.kind
		name, ok := names[kind]
		if !ok {
			return fmt.Errorf("%s has no definition", kind)
		}
		s.kinds[kind] = name
		if err := reader.reach(name); err != nil {
			return err
		}
	}
	return nil
}

// shortName: io.k8s.api.core.v1.Pod → core.v1.Pod.
func shortName(name string) string {
	for _, prefix := range []string{
		"io.k8s.api.", "io.k8s.apimachinery.pkg.apis.", "io.k8s.apimachinery.pkg.api.", "io.k8s.apimachinery.pkg.util.",
		"io.k8s.apimachinery.pkg.", "io.k8s.apiextensions-apiserver.pkg.apis.", "io.k8s.kube-aggregator.pkg.apis.",
	} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			return rest
		}
	}
	return name
}

// minorReader reads the definitions of one release.
type minorReader struct {
	*schemas
	minor       int
	definitions map[string]definition
	values      enums
	seen        map[string]bool
}

func (r minorReader) reach(name string) error {
	if r.seen[name] {
		return nil
	}
	r.seen[name] = true
	body, ok := r.definitions[name]
	if !ok {
		return fmt.Errorf("no definition %s", name)
	}
	if r.fields[name] == nil {
		r.fields[name] = map[string]map[string][]int{}
	}
	for field, property := range body.Properties {
		one, err := r.shapeOf(property, r.values[name][field])
		if err != nil {
			return fmt.Errorf("%s.%s: %w", name, field, err)
		}
		one.Required = slices.Contains(body.Required, field) && !r.unenforced[name+"."+field]
		text, err := json.Marshal(one)
		if err != nil {
			return err
		}
		if r.fields[name][field] == nil {
			r.fields[name][field] = map[string][]int{}
		}
		r.fields[name][field][string(text)] = append(r.fields[name][field][string(text)], r.minor)
	}
	return nil
}

func (r minorReader) shapeOf(property definition, values []string) (*shape, error) {
	if long, ok := strings.CutPrefix(property.Ref, "#/definitions/"); ok {
		return r.refer(shortName(long))
	}
	switch property.Type {
	case "array":
		items, err := r.shapeOf(*property.Items, values)
		list := &shape{Items: items}
		switch {
		case property.ListType == "map":
			list.Keys = property.ListMapKeys
		// Where SSA takes a list as one, its merge key still tells its items apart.
		case property.MergeKey != "":
			list.Keys = []string{property.MergeKey}
		case property.ListType != "":
			list.List = property.ListType
		case property.Strategy == "merge":
			list.List = "set"
		}
		return list, err
	case "object":
		if property.AdditionalProperties == nil {
			return &shape{Type: "any"}, nil
		}
		inner, err := r.shapeOf(*property.AdditionalProperties, nil)
		return &shape{Values: inner}, err
	case "string":
		switch property.Format {
		case "":
			return &shape{Type: "string", Enum: values}, nil
		case "byte":
			return &shape{Type: "bytes"}, nil
		}
	case "integer", "number", "boolean":
		return &shape{Type: property.Type}, nil
	}
	return nil, fmt.Errorf("type %q of format %q", property.Type, property.Format)
}

// refer to a definition, which is read in turn unless it is a value.
func (r minorReader) refer(name string) (*shape, error) {
	if scalar, ok := scalars[name]; ok {
		return &shape{Type: scalar}, nil
	}
	body, ok := r.definitions[name]
	if !ok {
		return nil, fmt.Errorf("no definition %s", name)
	}
	switch body.Type {
	case "":
		return &shape{Type: "any"}, nil
	case "object":
		return &shape{Definition: name}, r.reach(name)
	}
	return nil, fmt.Errorf("%s is a %s that nobody reads", name, body.Type)
}

// text is the TypeScript module.
func (s *schemas) text() (string, error) {
	var shapes []json.RawMessage
	known := map[string]int{}
	intern := func(text string) int {
		index, ok := known[text]
		if !ok {
			index = len(shapes)
			known[text] = index
			shapes = append(shapes, json.RawMessage(text))
		}
		return index
	}
	definitions := map[string]map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.fields)) {
		fields := map[string]any{}
		for _, field := range slices.Sorted(maps.Keys(s.fields[name])) {
			variants := s.fields[name][field]
			var rows [][3]int
			for _, text := range slices.Sorted(maps.Keys(variants)) {
				for _, span := range spans(variants[text]) {
					rows = append(rows, [3]int{intern(text), span[0], span[1]})
				}
			}
			slices.SortFunc(rows, func(a, b [3]int) int { return a[1] - b[1] })
			if len(rows) == 1 && rows[0][1] == s.first && rows[0][2] == s.last {
				fields[field] = rows[0][0]
			} else {
				fields[field] = rows
			}
		}
		definitions[name] = fields
	}
	table, err := json.Marshal(map[string]any{"shapes": shapes, "definitions": definitions, "kinds": s.kinds})
	if err != nil {
		return "", err
	}
	packed, err := pack(table)
	return `// Generated by engine/apis from the k8s.io/kubernetes modules; do not edit. Regenerate: npm run generate:apis

/** The fields of the kinds that Kubernetes serves by default, united over all minors: JSON, zlib, base64. */
export const packedSchemas =
  '` + packed + "'\n", err
}
