// Package manifest reads and prints Kubernetes YAML for the whole engine: streams are split here, documents parsed once per
// distinct text, Lists expanded, and what every render does to its objects at the end (patches, namespaces, extra labels
// and annotations) is done here.
//
// A renderer calls Load for each document of its output and Finish with the objects of them all:
//
//	document, fault := manifest.Load(text)   // cached by text; document.Empty() for comments only
//	… document.Head.Annotations …            // Helm's hook annotations belong to the document, also of a List
//	for _, object := range document.Objects { rendered = append(rendered, manifest.Rendered{Object: object, Source: …}) }
//	objects, err := manifest.Finish(rendered, payload.Finish)
package manifest

import (
	"strings"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

// Document is one parsed YAML document. It is shared between renders: read it, never write to it.
type Document struct {
	Head Head
	// Objects are the document's object, or the items of its List, in order. Empty for a document of comments.
	Objects []*Object

	text       string
	cacheBytes int
}

// Head is what the document itself says, before a List is expanded.
type Head struct {
	APIVersion string
	Kind       string
	Name       string
	// Annotations with values that are strings; others are left out, as Kubernetes would refuse them.
	Annotations map[string]string
}

// Empty tells that there was nothing but comments and blanks.
func (document *Document) Empty() bool { return len(document.Objects) == 0 && document.Head.Kind == "" }

// Load reads one document, from the cache when an equal text was read before. The fault has kind "yaml" and a position
// within the text; the caller adds the file.
func Load(text string) (*Document, *operation.Fault) {
	if document := documents.find(text); document != nil {
		return document, nil
	}
	document, fault := read(text)
	if fault != nil {
		return nil, fault
	}
	document.text = strings.Clone(text) // a part of a render's output would keep all of it in memory
	for place, object := range document.Objects {
		object.document, object.place = document, place
	}
	documents.keep(document)
	return document, nil
}

func read(text string) (*Document, *operation.Fault) {
	value, fault := Parse(text)
	if fault != nil {
		return nil, fault
	}
	if value == nil {
		return &Document{}, nil
	}
	fields, isMap := value.(map[string]any)
	if !isMap {
		return nil, notAnObject("the document is " + describe(value) + ", not an object with apiVersion and kind")
	}
	document := &Document{Head: headOf(fields)}
	if document.Objects, fault = expand(fields, nil, 0); fault != nil {
		return nil, fault
	}
	return document, nil
}

// FromFields makes a document of data that a renderer has parsed itself; the map is the document's from then on.
func FromFields(fields map[string]any) (*Document, *operation.Fault) {
	value, err := toJSONTypes(fields)
	if err != nil {
		return nil, notAnObject(err.Error())
	}
	document := &Document{Head: headOf(fields)}
	var fault *operation.Fault
	document.Objects, fault = expand(value.(map[string]any), nil, 0)
	return document, fault
}

func headOf(fields map[string]any) Head {
	head := Head{}
	head.APIVersion, _ = fields["apiVersion"].(string)
	head.Kind, _ = fields["kind"].(string)
	metadata, _ := fields["metadata"].(map[string]any)
	head.Name, _ = metadata["name"].(string)
	annotations, _ := metadata["annotations"].(map[string]any)
	for name, value := range annotations {
		if text, isText := value.(string); isText {
			if head.Annotations == nil {
				head.Annotations = make(map[string]string, len(annotations))
			}
			head.Annotations[name] = text
		}
	}
	return head
}

// maxListDepth bounds Lists within Lists; nobody writes more than two.
const maxListDepth = 16

// expand appends the object, or the objects of a List. Items of a typed list (ConfigMapList) may leave out what the list's
// own kind says, as in the answers of an API server.
func expand(fields map[string]any, objects []*Object, depth int) ([]*Object, *operation.Fault) {
	apiVersion, fault := requiredText(fields, "apiVersion")
	if fault != nil {
		return nil, fault
	}
	kind, fault := requiredText(fields, "kind")
	if fault != nil {
		return nil, fault
	}
	items, isList := fields["items"]
	if !isList || !strings.HasSuffix(kind, "List") {
		object, fault := newObject(apiVersion, kind, fields)
		if fault != nil {
			return nil, fault
		}
		return append(objects, object), nil
	}
	if depth == maxListDepth {
		return nil, notAnObject("Lists are nested too deeply")
	}
	entries, isArray := items.([]any)
	if !isArray && items != nil {
		return nil, notAnObject("items of the " + kind + " is " + describe(items) + ", not a list")
	}
	for _, entry := range entries {
		item, isMap := entry.(map[string]any)
		if !isMap {
			return nil, notAnObject("an item of the " + kind + " is " + describe(entry) + ", not an object")
		}
		if kind != "List" {
			if _, written := item["kind"]; !written {
				item["kind"] = strings.TrimSuffix(kind, "List")
			}
			if _, written := item["apiVersion"]; !written {
				item["apiVersion"] = apiVersion
			}
		}
		if objects, fault = expand(item, objects, depth+1); fault != nil {
			return nil, fault
		}
	}
	return objects, nil
}

func requiredText(fields map[string]any, name string) (string, *operation.Fault) {
	value, written := fields[name]
	if text, isText := value.(string); isText && text != "" {
		return text, nil
	}
	if !written || value == nil || value == "" {
		return "", notAnObject(name + " is missing")
	}
	return "", notAnObject(name + " is " + describe(value) + ", not a string")
}

func notAnObject(message string) *operation.Fault {
	return &operation.Fault{Kind: wire.KindYAML, Message: message}
}

// describe names a value's type in the words of YAML.
func describe(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case int64, uint64, float64:
		return "a number"
	case string:
		return "a string"
	case []any:
		return "a list"
	}
	return "a mapping"
}
