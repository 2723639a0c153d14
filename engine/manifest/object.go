package manifest

import (
	"crypto/sha256"
	"encoding/hex"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

// Object is one Kubernetes object in canonical form. It is shared between renders and never changes.
type Object struct {
	APIVersion string
	Kind       string
	Namespace  string
	Name       string
	// Defines is the kind of a CustomResourceDefinition, kept apart from the fields, which go.
	Defines *wire.Definition

	// fields is dropped after a Finish where document and place can bring it back.
	fields   map[string]any
	document *Document
	place    int

	text   []byte
	digest string
	// finished holds the object after a Finish, by what that did to it; nil for a finished one.
	finished map[string]*Object
}

func newObject(apiVersion, kind string, fields map[string]any) (*Object, *operation.Fault) {
	object := &Object{APIVersion: apiVersion, Kind: kind, Defines: definition(kind, fields), fields: fields}
	value, written := fields["metadata"]
	metadata, isMap := value.(map[string]any)
	if written && value != nil && !isMap {
		return nil, notAnObject("metadata of the " + kind + " is " + describe(value) + ", not a mapping")
	}
	var fault *operation.Fault
	if object.Name, fault = nameField(kind, metadata, "name"); fault != nil {
		return nil, fault
	}
	if object.Namespace, fault = nameField(kind, metadata, "namespace"); fault != nil {
		return nil, fault
	}
	if object.Name == "" {
		if _, generated := metadata["generateName"]; generated {
			return nil, notAnObject("the " + kind + " has metadata.generateName and no metadata.name: its name would be " +
				"another one at every apply")
		}
		return nil, notAnObject("the " + kind + " has no metadata.name")
	}
	return object, nil
}

// definition is nil for anything but a CustomResourceDefinition that names its kind.
func definition(kind string, fields map[string]any) *wire.Definition {
	if kind != "CustomResourceDefinition" {
		return nil
	}
	spec, _ := fields["spec"].(map[string]any)
	names, _ := spec["names"].(map[string]any)
	group, _ := spec["group"].(string)
	defined, _ := names["kind"].(string)
	if defined == "" {
		return nil
	}
	return &wire.Definition{Group: group, Kind: defined, Namespaced: spec["scope"] == "Namespaced"}
}

// nameField reads a name. YAML 1.1 makes booleans and numbers of names such as `on` and `0123` that are not quoted.
func nameField(kind string, metadata map[string]any, name string) (string, *operation.Fault) {
	value := metadata[name]
	if value == nil {
		return "", nil
	}
	text, isText := value.(string)
	if !isText {
		return "", notAnObject("metadata." + name + " of the " + kind + " is " + describe(value) + ": write it in quotes")
	}
	return text, nil
}

// Fields is the object as data, to be read only. Integers are int64, or uint64 beyond, other numbers float64.
func (object *Object) Fields() map[string]any {
	if object.fields != nil {
		return object.fields
	}
	again, fault := read(object.document.text)
	if fault != nil || object.place >= len(again.Objects) {
		panic("a document does not read back: " + object.Kind + " " + object.Name)
	}
	object.fields = again.Objects[object.place].fields
	return object.fields
}

// Text is the canonical YAML; it ends with a newline.
func (object *Object) Text() []byte {
	if object.text == nil {
		object.text = Print(object.Fields())
	}
	return object.text
}

// Digest is the sha256 of Text in hex.
func (object *Object) Digest() string {
	if object.digest == "" {
		sum := sha256.Sum256(object.Text())
		object.digest = hex.EncodeToString(sum[:])
	}
	return object.digest
}
