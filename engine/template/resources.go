package template

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"
)

// The functions on resources. Sveltos writes to the object that all templates share; here every result is a copy.

// profileFunctions take a resource by its identifier in templateResourceRefs. An unknown one gives "" or an empty map.
func profileFunctions(data dot) template.FuncMap {
	return template.FuncMap{
		"getResource": func(identifier string) map[string]any { return strip(data.resources[identifier]) },
		"copy":        func(identifier string) string { return toYaml2(data.resources[identifier]) },
		"getField":    func(identifier, path string) any { return fieldOf(data.resources[identifier], path) },
		"removeField": func(identifier, path string) string {
			return toYaml2(withoutField(data.resources[identifier], path))
		},
		"setField": func(identifier, path string, value any) (string, error) {
			object := data.resources[identifier]
			if object == nil {
				return "", nil
			}
			changed, err := withField(object, path, value)
			return toYaml2(changed), err
		},
		"chainRemoveField": withoutField,
		"chainSetField":    withField,
	}
}

// eventFunctions take the resource itself, and print with an indentation of four.
func eventFunctions(dot) template.FuncMap {
	return template.FuncMap{
		"getResource": strip,
		"copy":        toYaml4,
		"getField":    func(object map[string]any, path string) any { return fieldOf(object, path) },
		"removeField": func(object map[string]any, path string) string { return toYaml4(withoutField(object, path)) },
		"setField": func(object map[string]any, path string, value any) (string, error) {
			changed, err := withField(object, path, value)
			if changed == nil {
				return "", err
			}
			return toYaml4(changed), nil
		},
		"chainRemoveField": withoutField,
		"chainSetField":    withField,
	}
}

// strip takes off what the API server adds and nobody wants in a copy.
func strip(object map[string]any) map[string]any {
	if object == nil {
		return nil
	}
	stripped := copyMap(object)
	if metadata, isMap := stripped["metadata"].(map[string]any); isMap {
		delete(metadata, "managedFields")
		delete(metadata, "resourceVersion")
		delete(metadata, "uid")
	}
	return stripped
}

func toYaml2(object map[string]any) string {
	if object == nil {
		return ""
	}
	return toYaml(strip(object))
}

func toYaml4(object map[string]any) string {
	text, err := yaml.Marshal(strip(object))
	if err != nil {
		return ""
	}
	return string(bytes.TrimSuffix(text, []byte("\n")))
}

// fieldOf walks a path of keys; "" when there is nothing. A null is a value, and prints as <no value>.
func fieldOf(object map[string]any, path string) any {
	var value any = object
	for key := range strings.SplitSeq(path, ".") {
		fields, isMap := value.(map[string]any)
		if !isMap {
			return ""
		}
		child, found := fields[key]
		if !found {
			return ""
		}
		value = child
	}
	return copyValue(value)
}

func withoutField(object map[string]any, path string) map[string]any {
	if object == nil {
		return nil
	}
	root := maps.Clone(object)
	fields := root
	keys := strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		child, isMap := fields[key].(map[string]any)
		if !isMap {
			return root
		}
		child = maps.Clone(child)
		fields[key] = child
		fields = child
	}
	delete(fields, keys[len(keys)-1])
	return root
}

// withField sets a field, with mappings on its way made as needed; nil when something else is in the way. Only JSON's types
// can be set, of which `int`, the type of a literal in a template, is none: write (int64 3).
func withField(object map[string]any, path string, value any) (map[string]any, error) {
	if err := checkJSONValue(value); err != nil {
		return nil, err
	}
	root := maps.Clone(object)
	if root == nil {
		return nil, fmt.Errorf("the resource is empty")
	}
	fields := root
	keys := strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		child := map[string]any{}
		if present, found := fields[key]; found {
			present, isMap := present.(map[string]any)
			if !isMap {
				return nil, nil
			}
			child = maps.Clone(present)
		}
		fields[key] = child
		fields = child
	}
	fields[keys[len(keys)-1]] = copyValue(value)
	return root, nil
}

func checkJSONValue(value any) error {
	switch value := value.(type) {
	case map[string]any:
		for _, child := range value {
			if err := checkJSONValue(child); err != nil {
				return err
			}
		}
		return nil
	case []any:
		for _, child := range value {
			if err := checkJSONValue(child); err != nil {
				return err
			}
		}
		return nil
	case nil, string, bool, int64, float64, json.Number:
		return nil
	case int:
		return fmt.Errorf("cannot set the int %d: write (int64 %d)", value, value)
	}
	return fmt.Errorf("cannot set a value of type %T", value)
}
