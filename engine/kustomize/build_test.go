package kustomize

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

// hold loads a tree for the length of a test.
func hold(t *testing.T, digest string, files map[string]string) {
	t.Helper()
	contents := make(map[string][]byte, len(files))
	for name, text := range files {
		contents[name] = []byte(text)
	}
	trees.loaded[digest] = newTree(digest, contents)
	t.Cleanup(func() { delete(trees.loaded, digest) })
}

func buildText(t *testing.T, payload wire.BuildKustomization) string {
	t.Helper()
	built, _, err := Build(payload)
	if err != nil {
		t.Fatalf("%v", err)
	}
	text, err := built.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func faultOf(t *testing.T, payload wire.BuildKustomization) operation.Fault {
	t.Helper()
	_, _, err := Build(payload)
	var fault *operation.Fault
	if !errors.As(err, &fault) {
		t.Fatalf("want a fault, got %v", err)
	}
	return *fault
}

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"

// TestChartsEqualKustomizeWithHelm: the expected texts were made by kustomize v5.8.2 and helm v4.3.1 with --enable-helm.
func TestChartsEqualKustomizeWithHelm(t *testing.T) {
	files := map[string]string{}
	root := filepath.Join("testdata", "charts", "tree")
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		relative, _ := filepath.Rel(root, name)
		files[filepath.ToSlash(relative)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	hold(t, "charts", files)
	for _, folder := range []string{"base", "overlay", "merge", "replace", "gen"} {
		expected, err := os.ReadFile(filepath.Join("testdata", "charts", "expected", folder+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if got := buildText(t, wire.BuildKustomization{Tree: "charts", Path: folder}); got != string(expected) {
			t.Errorf("%s: got\n%s", folder, got)
		}
	}
}

func TestAChartThatNobodyNamedIsRefused(t *testing.T) {
	hold(t, "tree", map[string]string{
		"kustomization.yaml":    "helmCharts:\n- {name: app}\n",
		"charts/app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
	})
	if fault := faultOf(t, wire.BuildKustomization{Tree: "tree"}); !strings.Contains(fault.Message, "set releaseName") {
		t.Errorf("%+v", fault)
	}
}

func TestRemoteBasesAreThoseThatWereHandedIn(t *testing.T) {
	hold(t, "tree", map[string]string{"app/kustomization.yaml": "namePrefix: x-\nresources:\n" +
		"- github.com/org/repo//base?ref=v1\n- https://example.com/file.yaml\ncomponents:\n- git@host.org:org/parts//part\n"})
	hold(t, "repo", map[string]string{
		"base/kustomization.yaml":   "resources:\n- ../common\n- https://github.com/org/other\n",
		"common/kustomization.yaml": "resources:\n- cm.yaml\n",
		"common/cm.yaml":            configMap,
	})
	hold(t, "other", map[string]string{
		"kustomization.yaml": "resources:\n- cm.yaml\n",
		"cm.yaml":            strings.Replace(configMap, "name: a", "name: b", 1),
	})
	hold(t, "file", map[string]string{"file.yaml": strings.Replace(configMap, "name: a", "name: c", 1)})
	hold(t, "parts", map[string]string{
		"part/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -y\n",
	})
	payload := wire.BuildKustomization{Tree: "tree", Path: "app", Remotes: map[string]string{
		"github.com/org/repo//base?ref=v1": "repo", "https://github.com/org/other": "other",
		"https://example.com/file.yaml": "file", "git@host.org:org/parts//part": "parts",
	}}
	text := buildText(t, payload)
	for _, name := range []string{"x-a-y", "x-b-y", "x-c-y"} {
		if !strings.Contains(text, "name: "+name+"\n") {
			t.Errorf("no %s in\n%s", name, text)
		}
	}
	for text := range payload.Remotes {
		lacking := wire.BuildKustomization{Tree: "tree", Path: "app", Remotes: map[string]string{}}
		for other, digest := range payload.Remotes {
			if other != text {
				lacking.Remotes[other] = digest
			}
		}
		if fault := faultOf(t, lacking); fault.Kind != wire.KindRemote || !strings.HasPrefix(fault.Message, text) {
			t.Errorf("without %s: %+v", text, fault)
		}
	}
}

func TestARemoteBaseCannotReadTheTree(t *testing.T) {
	hold(t, "tree", map[string]string{"kustomization.yaml": "resources:\n- https://github.com/org/repo\n", "secret.yaml": configMap})
	hold(t, "repo", map[string]string{"kustomization.yaml": "resources:\n- ../secret.yaml\n- ../../secret.yaml\n"})
	fault := faultOf(t, wire.BuildKustomization{Tree: "tree", Remotes: map[string]string{"https://github.com/org/repo": "repo"}})
	if fault.Kind != wire.KindMissingFile {
		t.Errorf("%+v", fault)
	}
}

func TestNeedsListWhatABuildWouldFetch(t *testing.T) {
	hold(t, "tree", map[string]string{
		"kustomization.yaml": "resources:\n- base\n- https://github.com/org/repo/deploy?ref=v2\n" +
			"patches:\n- path: https://example.com/patch.yaml\nopenapi: {path: https://example.com/schema.json}\n" +
			"configMapGenerator:\n- name: c\n  files: [k=https://example.com/data.txt]\n  literals: [u=https://not.fetched]\n",
		"base/kustomization.yaml": "resources:\n- https://raw.githubusercontent.com/a/b/main/x.yaml\n" +
			"helmCharts:\n- {name: app, repo: https://charts.example.com/, version: 1.2.3, releaseName: r}\n- {name: local, releaseName: l}\n",
		"base/charts/local/Chart.yaml": "apiVersion: v2\nname: local\nversion: 1.0.0\n",
	})
	response, err := kustomizationNeeds(operation.Request{Header: []byte(`{"tree":"tree","path":""}`)})
	if err != nil {
		t.Fatal(err)
	}
	result := response.Result.(wire.KustomizationNeedsResult)
	var texts []string
	for _, need := range result.Remotes {
		texts = append(texts, need.Text)
		if need.Text == "https://github.com/org/repo/deploy?ref=v2" &&
			(*need.Repository != wire.RemoteRepository{URL: "https://github.com/org/repo", Ref: "v2", Path: "deploy", Submodules: true} || need.SingleFile) {
			t.Errorf("%+v", need)
		}
		if strings.HasPrefix(need.Text, "https://raw") && (!need.SingleFile || need.File != "base/kustomization.yaml") {
			t.Errorf("%+v", need)
		}
	}
	want := []string{
		"https://example.com/data.txt", "https://example.com/patch.yaml", "https://example.com/schema.json",
		"https://github.com/org/repo/deploy?ref=v2", "https://raw.githubusercontent.com/a/b/main/x.yaml",
	}
	if !slices.Equal(texts, want) {
		t.Errorf("remotes: %q", texts)
	}
	chart := wire.ChartNeed{
		Key: "https://charts.example.com/app@1.2.3", Name: "app", Repo: "https://charts.example.com/", Version: "1.2.3",
		File: "base/kustomization.yaml",
	}
	if len(result.Charts) != 1 || result.Charts[0] != chart {
		t.Errorf("charts: %+v", result.Charts)
	}
}

func TestComponentsAreAppended(t *testing.T) {
	hold(t, "tree", map[string]string{
		"app/kustomization.yaml":  "resources:\n- cm.yaml\n",
		"app/cm.yaml":             configMap,
		"part/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: with-\n",
	})
	payload := wire.BuildKustomization{Tree: "tree", Path: "app", Components: []string{"../part"}}
	if text := buildText(t, payload); !strings.Contains(text, "name: with-a\n") {
		t.Errorf("got\n%s", text)
	}
	payload.Components = nil
	if text := buildText(t, payload); !strings.Contains(text, "name: a\n") {
		t.Errorf("the tree was changed:\n%s", text)
	}
}

func TestASchemaOfOneBuildDoesNotJudgeTheNext(t *testing.T) {
	widget := "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec:\n  parts:\n  - {id: a, size: 1}\n"
	patch := "- patch: |\n    apiVersion: example.com/v1\n    kind: Widget\n    metadata: {name: w}\n    spec: {parts: [{id: b}]}\n"
	schema := `{"definitions":{"v1.Widget":{"type":"object","properties":{"spec":{"type":"object","properties":{"parts":{"type":"array",` +
		`"items":{"type":"object"},"x-kubernetes-patch-merge-key":"id","x-kubernetes-patch-strategy":"merge"}}}},` +
		`"x-kubernetes-group-version-kind":[{"group":"example.com","kind":"Widget","version":"v1"}]}}}`
	hold(t, "tree", map[string]string{
		"with/kustomization.yaml":    "resources: [w.yaml]\nopenapi: {path: schema.json}\npatches:\n" + patch,
		"with/w.yaml":                widget,
		"with/schema.json":           schema,
		"without/kustomization.yaml": "resources: [w.yaml]\npatches:\n" + patch,
		"without/w.yaml":             widget,
	})
	for range 2 {
		if text := buildText(t, wire.BuildKustomization{Tree: "tree", Path: "with"}); !strings.Contains(text, "id: a") {
			t.Errorf("the schema's merge key is not used:\n%s", text)
		}
		if text := buildText(t, wire.BuildKustomization{Tree: "tree", Path: "without"}); strings.Contains(text, "id: a") {
			t.Errorf("another build's schema is used:\n%s", text)
		}
	}
}

func TestObjectsAreExecutedAsTemplatesWhereThereAreValues(t *testing.T) {
	hold(t, "tree", map[string]string{
		"kustomization.yaml": "resources: [cm.yaml]\n",
		"cm.yaml":            configMap + "data:\n  region: '{{ .region }}'\n",
	})
	for _, row := range []struct {
		values map[string]string
		want   string
		line   int
	}{
		{nil, "region: '{{ .region }}'", 0},
		{map[string]string{"region": "eu"}, "region: eu", 0},
		{map[string]string{"other": "x"}, "", 3},
	} {
		payload := wire.BuildKustomization{Tree: "tree", Values: row.values}
		built, _, err := Build(payload)
		if err != nil {
			t.Fatal(err)
		}
		rendered, err := objectsOf(built, payload, &blockedCalls{})
		var fault *operation.Fault
		if row.line > 0 {
			if !errors.As(err, &fault) || fault.Kind != wire.KindTemplate || fault.Line != row.line || fault.File != "ConfigMap a" {
				t.Errorf("%v: %+v", row.values, err)
			}
		} else if err != nil || !strings.Contains(string(rendered[0].Object.Text()), row.want) {
			t.Errorf("%v: %v", row.values, err)
		}
	}
}

func TestCallsThatWouldLeaveTheSandboxAreTold(t *testing.T) {
	hold(t, "tree", map[string]string{
		"kustomization.yaml":    "resources: [cm.yaml]\nhelmCharts: [{ name: app, nameTemplate: 'a{{ env \"X\" }}' }]\n",
		"cm.yaml":               configMap + "data:\n  home: '[{{ env \"HOME\" }}{{ expandenv \"$X\" }}{{ env \"A\" }}]'\n",
		"charts/app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
	})
	header, _ := json.Marshal(wire.BuildKustomization{Tree: "tree", Values: map[string]string{"a": "b"}})
	response, err := buildKustomization(operation.Request{Header: header})
	if err != nil {
		t.Fatal(err)
	}
	want := []wire.BlockedCall{
		{Function: "env", Template: "ConfigMap a"}, {Function: "expandenv", Template: "ConfigMap a"},
		{Function: "env", Template: "nameTemplate"},
	}
	if built := response.Result.(wire.Built); !slices.Equal(built.Blocked, want) {
		t.Errorf("%v", built.Blocked)
	}
	if text := string(response.Objects[0].Text); !strings.Contains(text, "home: '[]'") {
		t.Errorf("%s", text)
	}
}

func TestFaultsNameTheirFile(t *testing.T) {
	hold(t, "tree", map[string]string{
		"app/kustomization.yaml":   "resources: [../base]\n",
		"base/kustomization.yaml":  "resources: [absent.yaml]\n",
		"broken/kustomization.yml": "resources: [a: b]\n",
		"empty/readme":             "",
		"cycle/kustomization.yaml": "resources: [../cycle]\n",
		"twice/kustomization.yaml": "resources: [a.yaml, b.yaml]\n",
		"twice/a.yaml":             configMap,
		"twice/b.yaml":             configMap,
	})
	for folder, want := range map[string]operation.Fault{
		"app":    {Kind: wire.KindMissingFile, File: "base/absent.yaml"},
		"broken": {Kind: wire.KindKustomize, File: "broken/kustomization.yml"},
		"empty":  {Kind: wire.KindMissingFile, File: "empty/kustomization.yaml"},
		"cycle":  {Kind: wire.KindKustomize, File: "cycle/kustomization.yaml"},
		"twice":  {Kind: wire.KindKustomize, File: "twice/kustomization.yaml"},
		"absent": {Kind: wire.KindMissingFile, File: "absent"},
		"../x":   {Kind: wire.KindMissingFile, File: "../x"},
	} {
		fault := faultOf(t, wire.BuildKustomization{Tree: "tree", Path: folder})
		if fault.Kind != want.Kind || fault.File != want.File || strings.Contains(fault.Message, "/tree") {
			t.Errorf("%s: %+v", folder, fault)
		}
	}
}

func TestParseRepositoryReadsWhatKustomizeTakesForGit(t *testing.T) {
	for text, want := range map[string]repository{
		"https://github.com/org/repo/a/b?ref=v1":         {url: "https://github.com/org/repo", ref: "v1", folder: "a/b", submodules: true},
		"github.com/org/repo//a?version=2":               {url: "https://github.com/org/repo", ref: "2", folder: "a", submodules: true},
		"GitHub.com/org/repo.git/a":                      {url: "https://github.com/org/repo.git", folder: "a", submodules: true},
		"git@github.com:org/repo?submodules=false":       {url: "git@github.com:org/repo"},
		"ssh://git@host.org/org/repo.git//a/.b":          {url: "ssh://git@host.org/org/repo.git", folder: "a/.b", submodules: true},
		"https://dev.azure.com/o/p/_git/repo/x":          {url: "https://dev.azure.com/o/p/_git/repo", folder: "x", submodules: true},
		"git::https://host.org/org/repo":                 {url: "https://host.org/org/repo", submodules: true},
		"https://raw.githubusercontent.com/a/b/m/x.yaml": {url: "https://raw.githubusercontent.com/a/b", folder: "m/x.yaml", submodules: true},
	} {
		if got, found := parseRepository(text); !found || got != want {
			t.Errorf("%s: %+v %v", text, got, found)
		}
	}
	for _, text := range []string{"../base", "base", "/abs", "a/b/c", "https://github.com/org", "https://host.org/o/r//../../x", "user@host"} {
		if got, found := parseRepository(text); found {
			t.Errorf("%s: %+v", text, got)
		}
	}
}
