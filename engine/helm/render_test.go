package helm

import (
	"errors"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"fleetwright.dev/engine/manifest"
	"fleetwright.dev/engine/wire"
)

// files makes a chart `app`; `NAME: TEXT` pairs are added to Chart.yaml's, or replace it.
func files(pairs ...string) map[string][]byte {
	chart := map[string][]byte{"Chart.yaml": []byte("apiVersion: v2\nname: app\nversion: 1.2.3\n")}
	for place := 0; place < len(pairs); place += 2 {
		chart[pairs[place]] = []byte(pairs[place+1])
	}
	return chart
}

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: NAME\ndata:\n  text: "

// printing is a template that prints an expression into the ConfigMap of that name.
func printing(name, expression string) string {
	return strings.ReplaceAll(configMap, "NAME", name) + expression + "\n"
}

func renderOf(t *testing.T, chart map[string][]byte, options Options) ([]manifest.Rendered, *wire.Fault) {
	t.Helper()
	if options.Release.Name == "" {
		options.Release = wire.Release{Name: "rel", Namespace: "test"}
	}
	if options.Capabilities.KubeVersion == "" {
		options.Capabilities.KubeVersion = "1.33.0"
	}
	loaded, err := Load(chart)
	var rendered []manifest.Rendered
	if err == nil {
		rendered, err = loaded.Render(options)
	}
	var fault *wire.Fault
	if err != nil && !errors.As(err, &fault) {
		t.Fatalf("%v is no fault", err)
	}
	return rendered, fault
}

func rendering(t *testing.T, chart map[string][]byte, options Options) []manifest.Rendered {
	t.Helper()
	rendered, fault := renderOf(t, chart, options)
	if fault != nil {
		t.Fatalf("%+v", *fault)
	}
	return rendered
}

// printed is what the template of a chart with that expression prints.
func printed(t *testing.T, expression string, options Options, more ...string) string {
	t.Helper()
	chart := files(append(more, "templates/a.yaml", printing("a", `{{ print (`+expression+`) | quote }}`))...)
	text, _ := rendering(t, chart, options)[0].Object.Fields()["data"].(map[string]any)["text"].(string)
	return text
}

func names(rendered []manifest.Rendered) []string {
	var all []string
	for _, object := range rendered {
		all = append(all, object.Object.Kind+"/"+object.Object.Name)
	}
	return all
}

func TestTemplatesSeeReleaseChartFilesAndCapabilities(t *testing.T) {
	options := Options{Capabilities: wire.Capabilities{KubeVersion: "v1.31.2-gke.7", APIVersions: []string{"v1", "x.io/v1/Kind"}}}
	for expression, expected := range map[string]string{
		`.Release.Name`:      "rel",
		`.Release.Namespace`: "test",
		`.Release.Service`:   "Helm",
		`printf "%v %v %v" .Release.IsInstall .Release.IsUpgrade .Release.Revision`: "true false 1",
		`.Chart.Name`:                                  "app",
		`.Chart.IsRoot`:                                "true",
		`.Capabilities.KubeVersion.Version`:            "v1.31.2-gke.7",
		`.Capabilities.KubeVersion.GitVersion`:         "v1.31.2-gke.7",
		`.Capabilities.KubeVersion.Minor`:              "31",
		`.Capabilities.APIVersions.Has "x.io/v1/Kind"`: "true",
		`.Capabilities.APIVersions.Has "y.io/v1"`:      "false",
		`.Capabilities.HelmVersion.Version`:            "v4.3.1",
		`.Template.Name`:                               "app/templates/a.yaml",
		`.Template.BasePath`:                           "app/templates",
		`.Files.Get "data.txt"`:                        "one\ntwo\n",
		`.Files.Lines "data.txt"`:                      "[one two]",
		`.Files.Get "absent"`:                          "",
		`(.Files.Glob "*.txt").AsConfig`:               "data.txt: |\n  one\n  two",
		`(.Files.Glob "*.bin").AsSecrets`:              "data.bin: /wA=",
		`len (.Files.GetBytes "data.bin")`:             "2",
		`getHostByName "example.com"`:                  "",
		`toJson .Values.absent`:                        "null",
		`tpl "{{ .Release.Name }}-x" .`:                "rel-x",
		`tpl "<no value>plain" .`:                      "plain",
		"tpl `{{ define \"y\" }}Y{{ end }}{{ include \"y\" . }}{{ include \"z\" . }}` .": "YZ",
	} {
		actual := printed(t, expression, options, "data.txt", "one\ntwo\n", "data.bin", "\xff\x00", "templates/_z.tpl", `{{ define "z" }}Z{{ end }}`)
		if actual != expected {
			t.Errorf("%s: %q, not %q", expression, actual, expected)
		}
	}
}

func TestDefinitionsInTplStayInside(t *testing.T) {
	chart := files(
		"templates/a.yaml", printing("a", "{{ tpl `{{ define \"inner\" }}x{{ end }}{{ include \"inner\" . }}` . }}"),
		"templates/b.yaml", printing("b", `{{ include "inner" . }}`),
	)
	if _, fault := renderOf(t, chart, Options{}); fault == nil || !strings.Contains(fault.Message, `no template "inner"`) {
		t.Errorf("%+v", fault)
	}
}

func TestLookupFindsWhatIsGiven(t *testing.T) {
	given := Options{Lookup: [][]byte{
		[]byte(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one","namespace":"test"},"data":{"key":"value"}}`),
		[]byte(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"two","namespace":"other"}}`),
		[]byte(`{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"},"spec":{"big":9007199254740993}}`),
	}}
	for expression, expected := range map[string]string{
		`(lookup "v1" "ConfigMap" "test" "one").data.key`:           "value",
		`lookup "v1" "ConfigMap" "test" "two"`:                      "map[]",
		`lookup "v1" "ConfigMap" "" "one"`:                          "map[]",
		`lookup "v1" "Secret" "test" "one"`:                         "map[]",
		`len (lookup "v1" "ConfigMap" "test" "").items`:             "1",
		`len (lookup "v1" "ConfigMap" "" "").items`:                 "2",
		`lookup "v1" "ConfigMap" "absent" ""`:                       "map[]",
		`(lookup "v1" "Node" "" "n").spec.big`:                      "9007199254740993",
		`(lookup "v1" "Node" "ignored" "n").metadata.name`:          "n",
		`set (lookup "v1" "Node" "" "n").metadata "name" "m" | len`: "1",
	} {
		if actual := printed(t, expression, given); actual != expected {
			t.Errorf("%s: %q, not %q", expression, actual, expected)
		}
	}
}

func TestLookupsAreToldOfEveryRender(t *testing.T) {
	chart, err := Load(files(
		"templates/a.yaml", printing("a", `{{ (lookup "v1" "Secret" .Release.Namespace "one").kind | quote }}`),
		"templates/b.yaml", printing("b", `{{ len (lookup "v1" "Secret" "test" "one") }}{{ len (lookup "v1" "Node" "" "") }}`),
		"templates/_c.tpl", `{{ define "unused" }}{{ lookup "v1" "Pod" "" "" }}{{ end }}`,
		"templates/NOTES.txt", `{{ len (lookup "v1" "Service" "" "") }}`,
	))
	if err != nil {
		t.Fatal(err)
	}
	want := []wire.Lookup{{APIVersion: "v1", Kind: "Node"}, {APIVersion: "v1", Kind: "Secret", Namespace: "test", Name: "one"}}
	found := []byte(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"one","namespace":"test"}}`)
	// The second time, and with objects the fourth, the documents are remembered.
	for round, given := range [][][]byte{nil, nil, {found}, {found}} {
		_, told, err := chart.RenderAndTell(Options{
			Release: wire.Release{Name: "rel", Namespace: "test"}, Lookup: given, Capabilities: corpusCapabilities,
		})
		if err != nil || !slices.Equal(told.Looked, want) {
			t.Errorf("round %d: %v, %v", round, told.Looked, err)
		}
	}
}

func TestAFaultTellsWhatWasLookedUpBefore(t *testing.T) {
	for name, template := range map[string]string{
		"a template that fails":  `{{ if not (lookup "v1" "Secret" "test" "one") }}{{ fail "there is no Secret" }}{{ end }}`,
		"a function that panics": `{{ lookup "v1" "Secret" "test" "one" }}{{ first 1 }}`,
		"output that is no YAML": `a: [{{ (lookup "v1" "Secret" "test" "one").kind }}`,
	} {
		loaded, err := Load(files("templates/a.yaml", template))
		if err != nil {
			t.Fatal(err)
		}
		_, told, err := loaded.RenderAndTell(Options{Capabilities: corpusCapabilities})
		var fault *wire.Fault
		if !errors.As(afterLookups(err, told), &fault) {
			t.Fatalf("%s: %v", name, err)
		}
		if want := []wire.Lookup{{APIVersion: "v1", Kind: "Secret", Namespace: "test", Name: "one"}}; !slices.Equal(fault.Looked, want) {
			t.Errorf("%s: %+v", name, fault)
		}
	}
}

func TestOrderIsHelms(t *testing.T) {
	object := func(kind, name, annotations string) string {
		return "apiVersion: v1\nkind: " + kind + "\nmetadata:\n  name: " + name + "\n" + annotations
	}
	hook := func(event string) string {
		return "  annotations:\n    helm.sh/hook: " + event + "\n    helm.sh/hook-weight: -5\n"
	}
	chart := files(
		"crds/b/two.yaml", object("CustomResourceDefinition", "crd2", hook("crd-install")),
		"crds/b-one.yaml", object("CustomResourceDefinition", "crd1", ""),
		"crds/readme.md", "no manifest",
		"templates/all.yaml", strings.Join([]string{
			object("Zebra", "z", ""), object("Deployment", "d", ""), object("Anything", "a", ""), object("Service", "s2", ""),
			object("Service", "s1", ""), object("Job", "j", hook("post-install,pre-upgrade")), object("Pod", "t", hook("test")),
			object("ConfigMap", "unknown", hook("crd-install")), object("Secret", "h", hook("pre-install")), "# nothing", "",
		}, "---\n"),
		"templates/NOTES.txt", "not: [yaml",
	)
	rendered := rendering(t, chart, Options{})
	expected := []string{
		"CustomResourceDefinition/crd2", "CustomResourceDefinition/crd1", "Service/s2", "Service/s1", "Deployment/d", "Anything/a", "Zebra/z",
		"Secret/h", "Pod/t", "Job/j",
	}
	if !slices.Equal(names(rendered), expected) {
		t.Errorf("%v, not %v", names(rendered), expected)
	}
	if job := rendered[9].Hook; !reflect.DeepEqual(job, &wire.Hook{Events: []string{"post-install", "pre-upgrade"}, Weight: -5, DeletePolicies: []string{}}) {
		t.Errorf("%+v", job)
	}
	if rendered[0].Hook != nil {
		t.Error("what lies in crds/ is no hook")
	}
	if without := names(rendering(t, chart, Options{ExcludeCRDs: true, DisableHooks: true})); !slices.Equal(without, expected[2:7]) {
		t.Errorf("%v", without)
	}
}

func TestIgnoreRulesOfFoldersApply(t *testing.T) {
	chart := files(
		".helmignore", "\xEF\xBB\xBF# comment\nskipped/\n*.bak\n/only-root.yaml\n",
		"templates/skipped/x.yaml", "fails: {{ fail \"read\" }}",
		"templates/x.yaml.bak", "{{ fail \"read\" }}",
		"templates/.hidden.yaml", "{{ fail \"read\" }}",
		"templates/only-root.yaml", printing("kept", "x"),
	)
	if kept := names(rendering(t, chart, Options{})); !slices.Equal(kept, []string{"ConfigMap/kept"}) {
		t.Errorf("%v", kept)
	}
}

func TestFaultsSayWhereAndWhy(t *testing.T) {
	for name, test := range map[string]struct {
		chart    map[string][]byte
		options  Options
		expected wire.Fault
	}{
		"parse": {
			chart:    files("templates/a.yaml", "a: 1\n{{ if }}\n"),
			expected: wire.Fault{Kind: "template", Message: "missing value for if", File: "templates/a.yaml", Line: 2},
		},
		"fail within includes": {
			chart: files("templates/a.yaml", "ä: {{ include \"outer\" . }}", "templates/_h.tpl",
				"{{ define \"outer\" }}\n  {{ include \"inner\" . }}{{ end }}{{ define \"inner\" }}é😀{{ fail \"no\" }}{{ end }}"),
			expected: wire.Fault{Kind: "template", Message: "no", File: "templates/_h.tpl", Line: 2, Column: 61, Includes: []wire.Frame{
				{Template: "app/templates/a.yaml", Line: 1, Column: 7}, {Template: "outer", Line: 2, Column: 6},
				{Template: "inner", Line: 2, Column: 61},
			}},
		},
		"fault in tpl": {
			chart: files("templates/a.yaml", "a: {{ tpl .Values.text . }}", "values.yaml", "text: '{{ .Values.a.b }}'"),
			expected: wire.Fault{Kind: "template", Message: "nil pointer evaluating interface {}.b", File: "templates/a.yaml", Line: 1, Column: 7,
				Includes: []wire.Frame{{Template: "app/templates/a.yaml", Line: 1, Column: 7}, {Template: "gotpl", Line: 1, Column: 11}}},
		},
		"required": {
			chart: files("templates/a.yaml", `{{ required "give a" .Values.a }}`),
			expected: wire.Fault{Kind: "template", Message: "give a", File: "templates/a.yaml", Line: 1, Column: 4,
				Includes: []wire.Frame{{Template: "app/templates/a.yaml", Line: 1, Column: 4}}},
		},
		"function of the host": {
			chart:    files("templates/a.yaml", `{{ env "HOME" }}`),
			expected: wire.Fault{Kind: "template", Message: `function "env" not defined`, File: "templates/a.yaml", Line: 1},
		},
		"NOTES.txt": {
			chart: files("templates/NOTES.txt", `{{ fail "noted" }}`),
			expected: wire.Fault{Kind: "template", Message: "noted", File: "templates/NOTES.txt", Line: 1, Column: 4,
				Includes: []wire.Frame{{Template: "app/templates/NOTES.txt", Line: 1, Column: 4}}},
		},
		"output": {
			chart: files("templates/a.yaml", "{{/* one line less */ -}}\n"+printing("a", "x")+"---\n\nb: c: d\n"),
			expected: wire.Fault{Kind: "yaml", Message: "line 9 of the rendered output: mapping values are not allowed in this context",
				File: "templates/a.yaml"},
		},
		"kubeVersion": {
			chart:    files("Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\nkubeVersion: '>=1.34.0-0'\n"),
			expected: wire.Fault{Kind: "kube-version", File: "Chart.yaml", Message: "chart requires kubeVersion: >=1.34.0-0 which is incompatible with Kubernetes v1.33.0"},
		},
		"library": {
			chart:    files("Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\ntype: library\n"),
			expected: wire.Fault{Kind: "chart", Message: "library charts are not installable"},
		},
		"dependency": {
			chart:    files("Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: db, version: 1, repository: x}]\n"),
			expected: wire.Fault{Kind: "chart", Message: "found in Chart.yaml, but missing in charts/ directory: db"},
		},
		"no Chart.yaml": {
			chart:    map[string][]byte{"values.yaml": nil},
			expected: wire.Fault{Kind: "chart", Message: "Chart.yaml file is missing"},
		},
		"values": {
			chart: files(), options: Options{Values: "- a\n"},
			expected: wire.Fault{Kind: "values", Message: "cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: " +
				"json: cannot unmarshal array into Go value of type map[string]interface {}"},
		},
		"schema": {
			chart: files("values.schema.json", `{"properties":{"a":{"type":"string"}}}`), options: Options{Values: `{"a": 1}`},
			expected: wire.Fault{Kind: "schema", File: "values.schema.json",
				Message: "values don't meet the specifications of the schema(s) in the following chart(s):\napp:\n- at '/a': got number, want string\n"},
		},
		"remote schema": {
			chart:    files("values.schema.json", `{"$ref":"https://example.com/schema.json"}`),
			expected: wire.Fault{Kind: "remote", File: "values.schema.json", Message: (&remoteReference{"https://example.com/schema.json"}).Error()},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, fault := renderOf(t, test.chart, test.options)
			if fault == nil {
				t.Fatal("renders")
			}
			if !reflect.DeepEqual(*fault, test.expected) {
				t.Errorf("%+v\nnot %+v", *fault, test.expected)
			}
		})
	}
}

func TestSchemaIsSkippedWhereAsked(t *testing.T) {
	chart := files("values.schema.json", `{"type":"array"}`, "templates/a.yaml", printing("a", "x"))
	rendering(t, chart, Options{SkipSchemaValidation: true})
}

func TestSubchartsFollowValues(t *testing.T) {
	chart := files(
		"Chart.yaml", `{apiVersion: v2, name: app, version: 1.0.0, dependencies: [
			{name: db, version: ">=1", condition: db.enabled, import-values: [shared]}, {name: db, version: ">=1", alias: other, tags: [more]}]}`,
		"values.yaml", "tags: {more: false}\nglobal: {word: hello}\n",
		"charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n",
		"charts/db/values.yaml", "enabled: true\nsize: 1\nexports: {shared: {imported: yes}}\n",
		"charts/db/templates/a.yaml", printing("{{ .Chart.Name }}", `"{{ .Values.size }} {{ .Values.global.word }}"`),
		"templates/a.yaml", printing("app", `"{{ .Values.imported }}"`),
	)
	for values, expected := range map[string][]string{
		``:                                    {"db 1 hello", "app true"},
		`{db: {enabled: false}}`:              {"app "},
		`{tags: {more: true}, db: {size: 2}}`: {"db 2 hello", "other 1 hello", "app true"},
		`{global: {word: bye}}`:               {"db 1 bye", "app true"},
		`{db: {enabled: null}}`:               {"db 1 hello", "app true"},
	} {
		var actual []string
		for _, object := range rendering(t, chart, Options{Values: values}) {
			actual = append(actual, object.Object.Name+" "+object.Object.Fields()["data"].(map[string]any)["text"].(string))
		}
		slices.Sort(actual)
		slices.Sort(expected)
		if !slices.Equal(actual, expected) {
			t.Errorf("%s: %q, not %q", values, actual, expected)
		}
	}
}

func TestEndlessTemplatesEnd(t *testing.T) {
	for text, expected := range map[string]string{
		`{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}`: "error calling include: rendering template has a nested " +
			"reference name: x: unable to execute template",
		`{{ tpl .Values.text . }}`: "error calling tpl: rendering template has a text that expands itself: unable to execute template",
	} {
		_, fault := renderOf(t, files("templates/a.yaml", text, "values.yaml", `text: "{{ tpl .Values.text . }}"`), Options{})
		if fault == nil || fault.Message != expected || len(fault.Includes) != maxFrames {
			t.Errorf("%+v", fault)
		}
	}
}

// A template that writes into .Values is seen by those after it, and each render begins with what the chart says.
func TestWritesAreSeenByLaterFilesOfTheSameRenderOnly(t *testing.T) {
	loaded, err := Load(files(
		"values.yaml", "list: {a: 1}\n",
		"templates/z.yaml", `{{ $_ := set .Values "seen" (print (default "" .Values.seen) "+") }}`,
		"templates/y.yaml", `{{ $_ := merge .Values.list (dict "b" .Values.seen) }}`,
		"templates/a.yaml", printing("a", `{{ toJson .Values.list | quote }}`),
		"templates/b.yaml", printing("b", `{{ .Values.seen | quote }}`),
	))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		rendered, err := loaded.Render(Options{Capabilities: corpusCapabilities})
		if err != nil {
			t.Fatal(err)
		}
		texts := []any{rendered[0].Object.Fields()["data"], rendered[1].Object.Fields()["data"]}
		expected := []any{map[string]any{"text": `{"a":1,"b":"+"}`}, map[string]any{"text": "+"}}
		if !reflect.DeepEqual(texts, expected) {
			t.Fatalf("%v", texts)
		}
	}
}

func TestFilesThatDrawAreRenderedEachTime(t *testing.T) {
	loaded, err := Load(files("templates/a.yaml", printing("a", `{{ randAlphaNum 30 | quote }}`)))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 3 {
		rendered, err := loaded.Render(Options{Capabilities: corpusCapabilities})
		if err != nil {
			t.Fatal(err)
		}
		seen[rendered[0].Object.Digest()] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d texts of three draws", len(seen))
	}
}

func TestMemoryStaysBounded(t *testing.T) {
	body := printing("a", "|\n    {{ .Values.name }}\n"+strings.Repeat("    some text that takes room\n", 400))
	loaded, err := Load(files("templates/a.yaml", body))
	if err != nil {
		t.Fatal(err)
	}
	usedAfter := func(renders int) uint64 {
		for count := range renders {
			if _, err := loaded.Render(Options{Values: `{"name":"` + strings.Repeat("x", count%977) + `"}`, Capabilities: corpusCapabilities}); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	first := usedAfter(100)
	if last := usedAfter(6000); last > first+160<<20 {
		t.Errorf("heap grew from %d to %d MiB", first>>20, last>>20)
	}
}
