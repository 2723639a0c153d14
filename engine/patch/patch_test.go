package patch

import (
	"errors"
	"strings"
	"testing"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
	"sigs.k8s.io/yaml"
)

func object(t *testing.T, kind, name, more string) Object {
	t.Helper()
	text := []byte("apiVersion: v1\nkind: " + kind + "\nmetadata:\n  name: " + name + "\n" + more)
	result := Object{APIVersion: "v1", Kind: kind, Name: name, Text: text}
	if err := yaml.Unmarshal(text, &result.Fields); err != nil {
		t.Fatal(err)
	}
	return result
}

// patched gives the texts after the patches, or the fault's message.
func patched(t *testing.T, mode string, patches []wire.Patch, objects ...Object) string {
	t.Helper()
	outputs, err := Apply(objects, patches, mode)
	var fault *operation.Fault
	if errors.As(err, &fault) {
		if fault.Kind != wire.KindPatch {
			t.Errorf("fault of kind %s", fault.Kind)
		}
		return "fault: " + fault.Message
	}
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, output := range outputs {
		text := output.Text
		if text == nil {
			text = objects[output.From].Text
		}
		all.Write(text)
	}
	return all.String()
}

const addKey = `[{"op": "add", "path": "/data", "value": {"k": "v"}}]`

func TestTargetsOfResourcesAreAnchored(t *testing.T) {
	for name, matches := range map[string]bool{"web": true, "we": false, "w.*": true, "web|api": true, "other": false, "": true} {
		patches := []wire.Patch{{Patch: addKey, Target: &wire.Target{Kind: "ConfigMap", Name: name}}}
		if got := strings.Contains(patched(t, "resource", patches, object(t, "ConfigMap", "web", "")), "k: v"); got != matches {
			t.Errorf("name %q matches: %v", name, got)
		}
	}
}

func TestTargetsMayAskForLabelsAndAnnotations(t *testing.T) {
	labelled := object(t, "ConfigMap", "a", "  labels: {app: web}\n  annotations: {tier: gold}\n")
	for _, row := range []struct {
		target  wire.Target
		matches bool
	}{
		{wire.Target{LabelSelector: "app=web"}, true},
		{wire.Target{LabelSelector: "app in (x)"}, false},
		{wire.Target{AnnotationSelector: "tier"}, true},
		{wire.Target{AnnotationSelector: "!tier"}, false},
	} {
		patches := []wire.Patch{{Patch: addKey, Target: &row.target}}
		if got := strings.Contains(patched(t, "", patches, labelled), "k: v"); got != row.matches {
			t.Errorf("%+v matches: %v", row.target, got)
		}
	}
}

func TestRemovingWhatIsAbsentIsNoFaultForResourcesAndOneForCharts(t *testing.T) {
	patches := []wire.Patch{{
		Patch:  "- op: remove\n  path: /data/nope\n- op: add\n  path: /data/k\n  value: v\n",
		Target: &wire.Target{Kind: "ConfigMap"},
	}}
	subject := object(t, "ConfigMap", "a", "data: {x: y}\n")
	if got := patched(t, "resource", patches, subject); !strings.Contains(got, "k: v") {
		t.Errorf("got %s", got)
	}
	if got := patched(t, "combined", patches, subject); !strings.HasPrefix(got, "fault: ") {
		t.Errorf("got %s", got)
	}
	patches[0].Patch = `[{"op": "remove", "path": "/data/nope~1x"}]`
	if got := patched(t, "resource", patches, subject); got != string(subject.Text) {
		t.Errorf("an emptied patch changes the object to %s", got)
	}
}

func TestMalformedPatchesAreFaults(t *testing.T) {
	subject := object(t, "ConfigMap", "a", "")
	for _, row := range []struct {
		patch   wire.Patch
		message string
	}{
		{wire.Patch{Patch: "kind: ConfigMap\ndata: {}\n", Target: &wire.Target{Kind: "ConfigMap"}}, "metadata.name"},
		{wire.Patch{Patch: addKey, Target: &wire.Target{Name: "("}}, "target.name of patch 1"},
		{wire.Patch{Patch: addKey, Target: &wire.Target{LabelSelector: "a in"}}, "target.labelSelector of patch 1"},
		{wire.Patch{Patch: addKey}, "must specify a target"},
	} {
		if got := patched(t, "resource", []wire.Patch{row.patch}, subject); !strings.HasPrefix(got, "fault: ") || !strings.Contains(got, row.message) {
			t.Errorf("%+v: %s", row.patch, got)
		}
	}
	if _, err := Apply([]Object{subject}, nil, "sideways"); err == nil {
		t.Error("an unknown mode is carried out")
	}
}

func TestAResourceThatAPatchDeletesStays(t *testing.T) {
	deletion := []wire.Patch{{Patch: "$patch: delete\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", Target: &wire.Target{Name: "a"}}}
	both := []Object{object(t, "ConfigMap", "a", ""), object(t, "ConfigMap", "b", "")}
	if got := patched(t, "resource", deletion, both...); strings.Count(got, "kind: ConfigMap") != 2 {
		t.Errorf("got %s", got)
	}
	if got := patched(t, "combined", deletion, both...); strings.Count(got, "kind: ConfigMap") != 1 {
		t.Errorf("got %s", got)
	}
}
