// Package patch applies Sveltos' patches to rendered objects with kustomize's own machinery, in the two ways that Sveltos
// has: object by object (raw resources, kustomizations) and over a chart's whole stream, as a Helm post-renderer.
package patch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

// Object is what patches are applied to. Nothing of it is changed.
type Object struct {
	APIVersion, Kind, Namespace, Name string
	Fields                            map[string]any
	// Text is the object as YAML.
	Text []byte
	// Hook tells the hooks of a chart from its other objects.
	Hook bool
	// Fixed objects are never patched: Helm's post-renderers don't see the files of a chart's crds/.
	Fixed bool
}

// Output is an object after the patches.
type Output struct {
	// From is the place of the object that it was.
	From int
	// Text is its new YAML; nil when no patch touched it.
	Text []byte
}

// Apply runs the patches in a mode: "resource" (or "") object by object, with targets checked beforehand and removals of
// what is absent dropped; "combined" over all objects as one stream, "separate" over hooks and other objects apart, and
// "nohooks" over the other objects alone.
func Apply(objects []Object, patches []wire.Patch, mode string) ([]Output, error) {
	switch mode {
	case "", "resource":
		return applyToEach(objects, patches)
	case "combined":
		return applyToStream(objects, patches, func(object Object) bool { return true })
	case "separate":
		outputs, err := applyToStream(objects, patches, func(object Object) bool { return !object.Hook })
		if err != nil {
			return nil, err
		}
		hooks, err := applyToStream(objects, patches, func(object Object) bool { return object.Hook })
		if err != nil {
			return nil, err
		}
		return mergeOutputs(objects, outputs, hooks), nil
	case "nohooks":
		return applyToStream(objects, patches, func(object Object) bool { return !object.Hook })
	}
	return nil, fmt.Errorf("unknown mode of patches %q", mode)
}

// mergeOutputs joins two passes: each object is taken from the pass that it was in.
func mergeOutputs(objects []Object, others, hooks []Output) []Output {
	var merged []Output
	for _, pass := range []struct {
		outputs []Output
		hooks   bool
	}{{others, false}, {hooks, true}} {
		for _, output := range pass.outputs {
			if objects[output.From].Hook == pass.hooks {
				merged = append(merged, output)
			}
		}
	}
	return inOrder(merged)
}

func applyToEach(objects []Object, patches []wire.Patch) ([]Output, error) {
	matchers, err := compileTargets(patches)
	if err != nil {
		return nil, err
	}
	outputs := make([]Output, 0, len(objects))
	for place, object := range objects {
		output := Output{From: place}
		applicable := applicablePatches(object, patches, matchers)
		if len(applicable) > 0 && !object.Fixed {
			resources, err := build(object.Text, applicable)
			if err != nil {
				return nil, err
			}
			// `$patch: delete` of a whole object leaves nothing, and Sveltos then deploys the object as it was.
			if len(resources) > 0 {
				output.Text = resources[0].text
			}
		}
		outputs = append(outputs, output)
	}
	return outputs, nil
}

func applyToStream(objects []Object, patches []wire.Patch, included func(Object) bool) ([]Output, error) {
	var stream bytes.Buffer
	var outputs []Output
	var places []int
	for place, object := range objects {
		if object.Fixed || !included(object) {
			outputs = append(outputs, Output{From: place})
			continue
		}
		places = append(places, place)
		stream.WriteString("---\n")
		stream.Write(object.Text)
	}
	if len(places) == 0 {
		return outputs, nil
	}
	resources, err := build(stream.Bytes(), patches)
	if err != nil {
		return nil, err
	}
	for place, from := range matchResources(objects, places, resources) {
		outputs = append(outputs, Output{From: from, Text: resources[place].text})
	}
	return inOrder(outputs), nil
}

// matchResources tells which object each resource was. Kustomize keeps their order, so that only after a deletion
// identities must be compared.
func matchResources(objects []Object, places []int, resources []resource) []int {
	from := make([]int, len(resources))
	next := 0
	for place, resource := range resources {
		chosen := next
		if len(resources) < len(places) {
			for candidate := next; candidate < len(places); candidate++ {
				if resource.is(objects[places[candidate]]) {
					chosen = candidate
					break
				}
			}
		}
		chosen = min(chosen, len(places)-1)
		from[place] = places[chosen]
		next = chosen + 1
	}
	return from
}

// resource is an object as kustomize gives it back.
type resource struct {
	apiVersion, kind, namespace, name string
	text                              []byte
}

func (resource resource) is(object Object) bool {
	return resource.apiVersion == object.APIVersion && resource.kind == object.Kind &&
		resource.name == object.Name && resource.namespace == object.Namespace
}

const inputFile = "objects.yaml"

// build runs kustomize over one file with the patches, as Sveltos does: order kept, nothing read but this file.
func build(input []byte, patches []wire.Patch) ([]resource, error) {
	kustomization := types.Kustomization{
		TypeMeta:  types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind},
		Resources: []string{inputFile},
	}
	for place, patch := range patches {
		if err := checkPatch(patch, place); err != nil {
			return nil, err
		}
		kustomization.Patches = append(kustomization.Patches, types.Patch{Patch: patch.Patch, Target: selectorOf(patch.Target)})
	}
	text, err := json.Marshal(kustomization)
	if err != nil {
		return nil, err
	}
	files := filesys.MakeFsInMemory()
	if err := errors.Join(files.WriteFile("kustomization.yaml", text), files.WriteFile(inputFile, input)); err != nil {
		return nil, err
	}
	options := &krusty.Options{
		LoadRestrictions: types.LoadRestrictionsNone,
		PluginConfig:     types.DisabledPluginConfig(),
		Reorder:          krusty.ReorderOptionNone,
	}
	built, err := krusty.MakeKustomizer(options).Run(files, ".")
	if err != nil {
		return nil, fault("the patches cannot be applied: %s", strings.TrimPrefix(err.Error(), "accumulating resources: "))
	}
	return resourcesOf(built)
}

func resourcesOf(built resmap.ResMap) ([]resource, error) {
	resources := make([]resource, 0, built.Size())
	for _, entry := range built.Resources() {
		text, err := entry.AsYAML()
		if err != nil {
			return nil, fault("a patched object cannot be printed: %s", err)
		}
		gvk := entry.GetGvk()
		resources = append(resources, resource{
			apiVersion: gvk.ApiVersion(), kind: gvk.Kind, namespace: entry.GetNamespace(), name: entry.GetName(), text: text,
		})
	}
	return resources, nil
}

func selectorOf(target *wire.Target) *types.Selector {
	if target == nil {
		return nil
	}
	selector := &types.Selector{LabelSelector: target.LabelSelector, AnnotationSelector: target.AnnotationSelector}
	selector.Group, selector.Version, selector.Kind = target.Group, target.Version, target.Kind
	selector.Namespace, selector.Name = target.Namespace, target.Name
	return selector
}

// checkPatch refuses a strategic-merge patch without metadata.name, for which kustomize has an opaque message only.
func checkPatch(patch wire.Patch, place int) error {
	if isJSON6902(patch.Patch) {
		return nil
	}
	node, err := kyaml.Parse(strings.TrimSpace(patch.Patch))
	if err != nil {
		return nil
	}
	metadata, err := node.GetMeta()
	if err != nil || metadata.Kind == "" || metadata.Name != "" {
		return nil
	}
	return fault("strategic merge patch %d for %s %s needs metadata.name in its body; to select objects by a pattern of their "+
		"name, write a JSON patch (a list of operations) and a target", place+1, metadata.APIVersion, metadata.Kind)
}

func fault(format string, arguments ...any) *operation.Fault {
	return &operation.Fault{Kind: wire.KindPatch, Message: fmt.Sprintf(format, arguments...)}
}
