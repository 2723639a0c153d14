package manifest

import (
	"maps"
	"slices"
	"strings"

	"fleetwright.dev/engine/patch"
	"fleetwright.dev/engine/wire"
)

// Rendered is an object on its way out of a render.
type Rendered struct {
	Object *Object
	// Source is the template, kustomization or text that it came from.
	Source string
	Hook   *wire.Hook
	// Fixed keeps patches away, as from the files of a chart's crds/, which Helm does not give to post-renderers.
	Fixed bool
}

// Finish does to all objects of a render what is done after it, in this order: patches, the target namespace, the default
// namespace by scope, extra labels and annotations. Equal objects finished alike are printed once, whatever render they
// are of.
func Finish(rendered []Rendered, finish *wire.Finish) ([]wire.Object, error) {
	if finish == nil {
		finish = &wire.Finish{}
	}
	if len(finish.Patches) > 0 {
		patched, err := applyPatches(rendered, finish)
		release(rendered)
		if err != nil {
			return nil, err
		}
		rendered = patched
	}
	additions := additionsKey(finish)
	objects := make([]wire.Object, 0, len(rendered))
	for _, entry := range rendered {
		object := entry.Object.finish(finish, additions)
		objects = append(objects, wire.Object{
			APIVersion: object.APIVersion, Kind: object.Kind, Namespace: object.Namespace, Name: object.Name,
			Source: entry.Source, Hook: entry.Hook, Defines: object.Defines, Digest: object.Digest(), Text: object.Text(),
		})
	}
	release(rendered)
	return objects, nil
}

func applyPatches(rendered []Rendered, finish *wire.Finish) ([]Rendered, error) {
	inputs := make([]patch.Object, len(rendered))
	for place, entry := range rendered {
		inputs[place] = patch.Object{
			APIVersion: entry.Object.APIVersion, Kind: entry.Object.Kind,
			Namespace: entry.Object.Namespace, Name: entry.Object.Name,
			Fields: entry.Object.Fields(), Text: entry.Object.Text(), Hook: entry.Hook != nil, Fixed: entry.Fixed,
		}
	}
	outputs, err := patch.Apply(inputs, finish.Patches, finish.PatchMode)
	if err != nil {
		return nil, err
	}
	patched := make([]Rendered, 0, len(outputs))
	for _, output := range outputs {
		entry := rendered[output.From]
		if output.Text == nil {
			patched = append(patched, entry)
			continue
		}
		document, fault := Load(string(output.Text))
		if fault != nil {
			fault.Kind, fault.Message = wire.KindPatch, "the patched object cannot be read: "+fault.Message
			return nil, fault
		}
		for _, object := range document.Objects {
			patched = append(patched, Rendered{Object: object, Source: entry.Source, Hook: entry.Hook})
		}
	}
	return patched, nil
}

// finish gives the object as the render's end wants it; the same one when nothing changes.
func (object *Object) finish(finish *wire.Finish, additions string) *Object {
	namespace := object.finishedNamespace(finish)
	if namespace == object.Namespace && additions == "" {
		return object
	}
	key := namespace + "\x00" + additions
	if finished, found := object.finished[key]; found {
		return finished
	}
	fields := maps.Clone(object.Fields())
	metadata, _ := fields["metadata"].(map[string]any)
	metadata = maps.Clone(metadata)
	fields["metadata"] = metadata
	if namespace == "" {
		delete(metadata, "namespace")
	} else {
		metadata["namespace"] = namespace
	}
	addTexts(metadata, "labels", finish.ExtraLabels)
	addTexts(metadata, "annotations", finish.ExtraAnnotations)
	finished := &Object{
		APIVersion: object.APIVersion, Kind: object.Kind, Namespace: namespace, Name: object.Name,
		Defines: object.Defines, fields: fields,
	}
	finished.Digest()
	finished.fields = nil
	object.remember(key, finished)
	return finished
}

// maxFinished bounds how many namespaces and labels one cached object is kept with.
const maxFinished = 4

func (object *Object) remember(key string, finished *Object) {
	if object.finished == nil || len(object.finished) >= maxFinished {
		object.finished = make(map[string]*Object, 1)
	}
	object.finished[key] = finished
}

// finishedNamespace: a target namespace overwrites all; then a namespaced kind without namespace gets the default, and one
// of the cluster's scope loses its own. A kind of unknown scope keeps what it has.
func (object *Object) finishedNamespace(finish *wire.Finish) string {
	namespace := object.Namespace
	if finish.TargetNamespace != "" {
		namespace = finish.TargetNamespace
	}
	group, _, hasGroup := strings.Cut(object.APIVersion, "/")
	if !hasGroup {
		group = ""
	}
	namespaced, known := finish.Scopes[group+"/"+object.Kind]
	switch {
	case !known:
		return namespace
	case !namespaced:
		return ""
	case namespace == "":
		return finish.DefaultNamespace
	}
	return namespace
}

func addTexts(metadata map[string]any, name string, additions map[string]string) {
	if len(additions) == 0 {
		return
	}
	present, _ := metadata[name].(map[string]any)
	texts := make(map[string]any, len(present)+len(additions))
	maps.Copy(texts, present)
	for key, value := range additions {
		texts[key] = value
	}
	metadata[name] = texts
}

// additionsKey tells apart what labels and annotations two renders add; empty for none.
func additionsKey(finish *wire.Finish) string {
	var key strings.Builder
	for place, additions := range []map[string]string{finish.ExtraLabels, finish.ExtraAnnotations} {
		for _, name := range slices.Sorted(maps.Keys(additions)) {
			key.WriteString([]string{"label", "annotation"}[place] + "\x00" + name + "\x00" + additions[name] + "\x00")
		}
	}
	return key.String()
}

// release drops the parsed form, which takes many times the room of the text; Fields reads it back.
func release(rendered []Rendered) {
	for _, entry := range rendered {
		if entry.Object.document != nil {
			entry.Object.fields = nil
		}
	}
}
