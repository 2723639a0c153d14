package template

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

const profileData = `{
	"Cluster": {"metadata": {"name": "c1", "labels": {"env": "prod"}}, "spec": {"big": 9007199254740993, "half": 0.5, "one": 1.0}},
	"KubeadmControlPlane": null,
	"MgmtResources": {"R": {
		"metadata": {"name": "r", "uid": "u", "resourceVersion": "1", "managedFields": []},
		"spec": {"replicas": 3, "none": null, "list": [1, 2]}
	}}
}`

// runBatch calls the operation as the host does.
func runBatch(t *testing.T, dialect, data string, texts ...string) []string {
	t.Helper()
	payload := wire.ExecuteTemplates{Dialect: dialect}
	request := operation.Request{Blobs: [][]byte{[]byte(data)}}
	for _, text := range texts {
		request.Blobs = append(request.Blobs, []byte(text))
		payload.Templates = append(payload.Templates, wire.NamedText{Name: "t", Text: wire.Blob(len(request.Blobs) - 1)})
	}
	request.Header, _ = json.Marshal(payload)
	response, err := executeTemplates(request)
	if err != nil {
		t.Fatal(err)
	}
	var outputs []string
	for _, result := range response.Result.([]wire.TemplateResult) {
		if result.Fault != nil {
			outputs = append(outputs, "fault: "+result.Fault.Message)
		} else {
			outputs = append(outputs, string(response.Blobs[*result.Text]))
		}
	}
	return outputs
}

func TestProfilesSeeResourcesByIdentifier(t *testing.T) {
	for text, want := range map[string]string{
		`{{ .Cluster.spec.big }} {{ .Cluster.spec.half }} {{ kindOf .Cluster.spec.one }}`:        "9007199254740993 0.5 float64",
		`{{ getField "R" "spec.replicas" | kindOf }}`:                                            "int64",
		`[{{ getField "R" "spec.nope.x" }}{{ getField "nope" "a" }}]`:                            "[]",
		`{{ getField "R" "spec.none" }}`:                                                         "<no value>",
		`{{ getResource "nope" }} [{{ copy "nope" }}{{ removeField "nope" "a" }}]`:               "map[] []",
		`{{ (getResource "R").metadata | toJson }}`:                                              `{"name":"r"}`,
		`{{ setField "R" "metadata.namespace" "n" | fromYaml | dig "metadata" "namespace" "" }}`: "n",
		`{{ setField "R" "spec.replicas" (int64 5) | contains "replicas: 5" }}`:                  "true",
		`{{ removeField "R" "spec" }}`:                                                           "metadata:\n  name: r",
		`{{ (chainRemoveField (chainSetField (getResource "R") "a.b" "c") "spec").a | toJson }}`: `{"b":"c"}`,
		`{{ with .KubeadmControlPlane }}x{{ else }}none{{ end }}`:                                "none",
		`{{ env "HOME" }}{{ expandenv "$HOME" }}{{ getHostByName "localhost" }}`:                 "",
		`{{ fromYaml "a: [" | hasKey "Error" }}`:                                                 "",
	} {
		got := runBatch(t, "profile", profileData, text)[0]
		if got != want && !(want == "" && strings.HasPrefix(got, "fault: ")) {
			t.Errorf("%s gives %q", text, got)
		}
	}
}

func TestFunctionsThatWouldLeaveTheSandboxAreToldByTheirTemplate(t *testing.T) {
	payload := wire.ExecuteTemplates{Dialect: "profile", Templates: []wire.NamedText{{Text: 1}, {Text: 2}, {Text: 3}}}
	request := operation.Request{Blobs: [][]byte{
		[]byte(profileData),
		[]byte(`{{ getHostByName "localhost" }}{{ env "HOME" }}{{ env "PATH" }}`),
		[]byte(`{{ if false }}{{ env "HOME" }}{{ end }}x`),
		[]byte(`{{ expandenv "$HOME" }}`),
	}}
	request.Header, _ = json.Marshal(payload)
	response, err := executeTemplates(request)
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range [][]string{{"env", "getHostByName"}, nil, {"expandenv"}} {
		if got := response.Result.([]wire.TemplateResult)[place].Blocked; !slices.Equal(got, want) {
			t.Errorf("template %d: %q", place, got)
		}
	}
}

func TestNoTemplateSeesWhatAnotherDid(t *testing.T) {
	outputs := runBatch(t, "profile", profileData,
		`{{ $_ := set .Cluster.metadata "name" "hacked" }}{{ $_ := unset (index .MgmtResources "R") "spec" }}`,
		`{{ $x := setField "R" "spec.replicas" (int64 9) }}{{ $y := chainSetField (getResource "R") "metadata.name" "z" }}`+
			`{{ $_ := merge .Cluster (dict "x" "y") }}{{ getField "R" "spec.replicas" }}{{ (index .MgmtResources "R").metadata.uid }}`,
		`{{ .Cluster.metadata.name }} {{ getField "R" "spec.replicas" }} {{ hasKey .Cluster "x" }}`,
	)
	if outputs[1] != "3u" || outputs[2] != "c1 3 false" {
		t.Errorf("%q", outputs)
	}
}

func TestEventsSeeTheResourceItself(t *testing.T) {
	one := `{"MatchingResource": {"kind": "Service", "name": "web", "apiVersion": "v1"}, "Resource": {"metadata": {"name": "web"}, "spec": {"port": 1000000}}, "Cluster": {}}`
	for text, want := range map[string]string{
		`{{ .MatchingResource.Name }} {{ .MatchingResource.GroupVersionKind.Kind }} {{ .MatchingResource.Namespace }}`: "web Service ",
		`{{ .MatchingResource }}`:                  "&ObjectReference{Kind:Service,Namespace:,Name:web,UID:,APIVersion:v1,ResourceVersion:,FieldPath:,}",
		`{{ .Resource.spec.port }}`:                "1e+06",
		`{{ copy (getResource .Resource) }}`:       "metadata:\n    name: web\nspec:\n    port: 1e+06",
		`{{ getField .Resource "metadata.name" }}`: "web",
		`{{ .MatchingResource.name }}`:             "fault: <.MatchingResource.name>: can't evaluate field name in type template.ObjectReference",
	} {
		if got := runBatch(t, "event", one, text)[0]; got != want {
			t.Errorf("%s gives %q", text, got)
		}
	}
	all := `{"MatchingResources": [{"name": "a"}, {"name": "b"}], "Resources": [null], "CloudEvents": [], "Cluster": {}}`
	if got := runBatch(t, "event", all, `{{ range .MatchingResources }}{{ .Name }}{{ end }}{{ len .Resources }}`)[0]; got != "ab1" {
		t.Errorf("got %q", got)
	}
}

func TestReferencesAreNoHTML(t *testing.T) {
	data := `{"Cluster": {"metadata": {"labels": {"a": "<x> & 'y'"}}}, "ClusterNamespace": "ns", "ClusterName": "c"}`
	outputs := runBatch(t, "reference", data,
		`{{ .ClusterNamespace }}/{{ .ClusterName }}-{{ .Cluster.metadata.labels.a }}`,
		`{{ index .Cluster.metadata.labels "missing" }}x`,
		`{{ .MgmtResources }}`,
		`{{ getResource "R" }}`,
	)
	if outputs[0] != "ns/c-<x> & 'y'" || outputs[1] != "x" || !strings.HasPrefix(outputs[2], "fault: ") ||
		outputs[3] != `fault: function "getResource" not defined` {
		t.Errorf("%q", outputs)
	}
}

func TestFaultsCarryTheirPlace(t *testing.T) {
	for text, want := range map[string]operation.Fault{
		"a\n{{ .Cluster.nope.x }}": {
			Line: 2, Column: 12, Message: `<.Cluster.nope.x>: map has no entry for key "nope"`,
		},
		"ä😀 {{ .Cluster.nope }}": {Line: 1, Column: 16, Message: `<.Cluster.nope>: map has no entry for key "nope"`},
		"x\n\n{{ if }}":          {Line: 3, Message: "missing value for if"},
		"{{ define \"t\" }}\n{{ fail \"no\" }}{{ end }}{{ template \"t\" }}": {
			Line: 2, Column: 4, Message: `<fail "no">: error calling fail: no`,
		},
		"{{ setField \"R\" \"spec.replicas\" 3 }}": {
			Line: 1, Column: 4, Message: `<setField "R" "spec.replicas" 3>: error calling setField: cannot set the int 3: write (int64 3)`,
		},
	} {
		data, err := decodeData([]byte(profileData), profile)
		if err != nil {
			t.Fatal(err)
		}
		_, _, fault := profile.execute("values.yaml", text, data)
		want.Kind, want.File = wire.KindTemplate, "values.yaml"
		if fault == nil || fault.Kind != want.Kind || fault.File != want.File || fault.Line != want.Line ||
			fault.Column != want.Column || fault.Message != want.Message {
			t.Errorf("%q: %+v", text, fault)
		}
	}
}

func TestParsedTemplatesAreKeptWithinABound(t *testing.T) {
	dialect := newDialect("test", nil)
	for range 3 {
		for place := range 2000 {
			text := strings.Repeat("x", 500) + "{{ 1 }}" + strings.Repeat("y", place)
			if out, _, fault := dialect.execute("t", text, dot{}); fault != nil || !strings.Contains(string(out), "x1") {
				t.Fatal(fault)
			}
		}
	}
	if kept := len(dialect.parsed.young) + len(dialect.parsed.old); kept > 2000 {
		t.Errorf("%d templates are kept", kept)
	}
}

func TestMergeValuesFollowsSveltos(t *testing.T) {
	for _, row := range []struct {
		documents []string
		want      string
	}{
		{nil, `{}`},
		{[]string{"", "# nothing"}, `{}`},
		{[]string{"a: {x: 1, l: [1, 2]}", "a: {z: 2, l: [9]}"}, `{"a":{"l":[9],"x":1,"z":2}}`},
		{[]string{"a: 1\nl: [1]\nm: {x: 1}\nb: true", `{"a": "", "l": [], "m": {}, "b": false}`}, `{"a":"","b":false,"l":[],"m":{"x":1}}`},
		{[]string{"m: {x: 1}", "m: null"}, `{"m":null}`},
		{[]string{"m: 1", "m: {x: 1}", "m: {z: 9007199254740993}"}, `{"m":{"x":1,"z":9007199254740993}}`},
		{[]string{"a: 1", "- 1"}, "values: the values are no mapping in 1"},
		{[]string{"a: {"}, "yaml: did not find expected node content in 0"},
	} {
		payload := wire.MergeValues{}
		request := operation.Request{}
		for place, text := range row.documents {
			payload.Documents = append(payload.Documents, wire.NamedText{Name: string(rune('0' + place)), Text: wire.Blob(place)})
			request.Blobs = append(request.Blobs, []byte(text))
		}
		request.Header, _ = json.Marshal(payload)
		response, err := mergeValues(request)
		got := ""
		if fault, isFault := err.(*operation.Fault); isFault {
			got = string(fault.Kind) + ": " + fault.Message + " in " + fault.File
		} else {
			got = string(response.Blobs[response.Result.(wire.Merged).Text])
		}
		if got != row.want {
			t.Errorf("%q gives %s", row.documents, got)
		}
	}
}
