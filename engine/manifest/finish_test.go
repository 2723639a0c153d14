package manifest

import (
	"strings"
	"testing"

	"fleetwright.dev/engine/wire"
)

func load(t *testing.T, text string) []Rendered {
	t.Helper()
	document, fault := Load(text)
	if fault != nil {
		t.Fatal(fault)
	}
	var rendered []Rendered
	for _, object := range document.Objects {
		rendered = append(rendered, Rendered{Object: object, Source: "test"})
	}
	return rendered
}

func finishText(t *testing.T, text string, finish *wire.Finish) string {
	t.Helper()
	objects, err := Finish(load(t, text), finish)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, object := range objects {
		out.WriteString("---\n" + string(object.Text))
		if strings.Contains(string(object.Text), "namespace: ") != (object.Namespace != "") {
			t.Errorf("namespace %q does not stand in\n%s", object.Namespace, object.Text)
		}
	}
	return out.String()
}

const clusterRole = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: r\n"

func TestFinishSettlesNamespacesByScope(t *testing.T) {
	scopes := map[string]bool{"/ConfigMap": true, "rbac.authorization.k8s.io/ClusterRole": false}
	for _, row := range []struct {
		text   string
		finish wire.Finish
		want   string
	}{
		{configMap("a"), wire.Finish{Scopes: scopes, DefaultNamespace: "d"}, "d"},
		{configMap("a") + "  namespace: own\n", wire.Finish{Scopes: scopes, DefaultNamespace: "d"}, "own"},
		{configMap("a") + "  namespace: own\n", wire.Finish{Scopes: scopes, DefaultNamespace: "d", TargetNamespace: "t"}, "t"},
		{clusterRole + "  namespace: own\n", wire.Finish{Scopes: scopes, DefaultNamespace: "d", TargetNamespace: "t"}, ""},
		{"apiVersion: x.io/v1\nkind: X\nmetadata:\n  name: a\n", wire.Finish{Scopes: scopes, DefaultNamespace: "d"}, ""},
		{"apiVersion: x.io/v1\nkind: X\nmetadata:\n  name: a\n", wire.Finish{Scopes: scopes, TargetNamespace: "t"}, "t"},
	} {
		objects, err := Finish(load(t, row.text), &row.finish)
		if err != nil || objects[0].Namespace != row.want {
			t.Errorf("%s%+v: %q %v", row.text, row.finish, objects[0].Namespace, err)
		}
		finishText(t, row.text, &row.finish)
	}
}

func TestFinishLeavesTheSharedObjectAsItIs(t *testing.T) {
	text := configMap("shared") + "  labels: {a: b}\ndata: {k: v}\n"
	before := finishText(t, text, nil)
	finish := &wire.Finish{
		TargetNamespace: "t", ExtraLabels: map[string]string{"a": "c", "x": "y"}, ExtraAnnotations: map[string]string{"n": "1"},
		Patches: []wire.Patch{{Patch: `[{"op":"add","path":"/data/k","value":"patched"}]`, Target: &wire.Target{Kind: "ConfigMap"}}},
	}
	want := "---\napiVersion: v1\ndata:\n  k: patched\nkind: ConfigMap\nmetadata:\n  annotations:\n    \"n\": \"1\"\n" +
		"  labels:\n    a: c\n    x: \"y\"\n  name: shared\n  namespace: t\n"
	for range 2 {
		if got := finishText(t, text, finish); got != want {
			t.Fatalf("got\n%s", got)
		}
	}
	if after := finishText(t, text, nil); after != before {
		t.Fatalf("changed to\n%s", after)
	}
}

func TestPatchModesTellHooksFromOtherObjects(t *testing.T) {
	patches := []wire.Patch{{Patch: `[{"op":"add","path":"/data","value":{"p":"1"}}]`, Target: &wire.Target{Kind: "ConfigMap"}}}
	patched := func(mode string) string {
		rendered := append(load(t, configMap("plain")), load(t, configMap("hook"))...)
		rendered = append(rendered, load(t, configMap("crd"))...)
		rendered[1].Hook, rendered[2].Fixed = &wire.Hook{}, true
		objects, err := Finish(rendered, &wire.Finish{Patches: patches, PatchMode: mode})
		if err != nil {
			t.Fatal(err)
		}
		names := []string{}
		for _, object := range objects {
			if strings.Contains(string(object.Text), "p: \"1\"") {
				names = append(names, object.Name)
			}
		}
		return strings.Join(names, " ")
	}
	for mode, want := range map[string]string{
		"": "plain hook", "resource": "plain hook", "combined": "plain hook", "separate": "plain hook", "nohooks": "plain",
	} {
		if got := patched(mode); got != want {
			t.Errorf("mode %q patches %s", mode, got)
		}
	}
}

func TestAnObjectDeletedByAPatchLeavesTheStream(t *testing.T) {
	rendered := append(append(load(t, configMap("a")), load(t, configMap("b"))...), load(t, configMap("c"))...)
	for place := range rendered {
		rendered[place].Source = rendered[place].Object.Name
	}
	deletion := wire.Patch{Patch: "$patch: delete\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n"}
	objects, err := Finish(rendered, &wire.Finish{Patches: []wire.Patch{deletion}, PatchMode: "combined"})
	if err != nil || len(objects) != 2 || objects[0].Source != "a" || objects[1].Source != "c" {
		t.Fatalf("%+v %v", objects, err)
	}
}

func TestTheCacheForgetsWhatIsNotUsed(t *testing.T) {
	cache := documentCache{young: map[string]*Document{}, limitBytes: 8 * weigh(configMap("x"))}
	used := &Document{text: configMap("x")}
	cache.keep(used)
	for range 20 {
		cache.keep(&Document{text: configMap("y")})
		if cache.find(used.text) != used {
			t.Fatal("dropped what is used")
		}
	}
	for place := range 20 {
		cache.keep(&Document{text: configMap(strings.Repeat("z", place))})
	}
	if cache.find(used.text) != nil {
		t.Fatal("kept what is not used")
	}
}
