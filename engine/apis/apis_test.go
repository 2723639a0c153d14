package main

import (
	"go/parser"
	"reflect"
	"testing"
)

func TestURLsAreReadAsDiscoveryRows(t *testing.T) {
	cases := map[string]resource{
		"/api/v1/pods": {path: "v1/pods", version: "v1", plural: "pods"},
		"/api/v1/namespaces/{namespace}/pods/{name}/eviction": {path: "v1/pods/eviction", version: "v1", plural: "pods", subresource: true, namespaced: true},
		"/api/v1/namespaces/{name}/finalize":                  {path: "v1/namespaces/finalize", version: "v1", plural: "namespaces", subresource: true},
		"/api/v1/nodes/{name}/proxy/{path}":                   {path: "v1/nodes/proxy", version: "v1", plural: "nodes", subresource: true},
		"/apis/apps/v1/namespaces/{namespace}/deployments":    {path: "apps/v1/deployments", group: "apps", version: "v1", plural: "deployments", namespaced: true},
	}
	for url, want := range cases {
		if got, ok := parseURL(url); !ok || got != want {
			t.Errorf("%s: got %+v, want %+v", url, got, want)
		}
	}
	for _, url := range []string{"/api/v1/watch/pods", "/api/v1/", "/apis/apps/v1/", "/version/", "/apis/apps/v1/watch/deployments"} {
		if got, ok := parseURL(url); ok {
			t.Errorf("%s: got %+v, want no resource", url, got)
		}
	}
}

func TestNeighbouringMinorsAreOneSpan(t *testing.T) {
	got := spans([]int{24, 25, 26, 30, 31, 35})
	want := [][2]int{{24, 26}, {30, 31}, {35, 35}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAVersionThatNothingNamesIsAnError(t *testing.T) {
	d := defaults{stable: map[groupVersion]bool{{"apps", "v1"}: true}}
	if on, err := d.serves(resource{group: "apps", version: "v1"}); !on || err != nil {
		t.Errorf("apps/v1: %v, %v", on, err)
	}
	if _, err := d.serves(resource{path: "new.k8s.io/v1/things", group: "new.k8s.io", version: "v1"}); err == nil {
		t.Error("an unknown group version is guessed")
	}
	if on, err := d.serves(resource{group: "apiextensions.k8s.io", version: "v1"}); !on || err != nil {
		t.Errorf("apiextensions: %v, %v", on, err)
	}
}

func TestGateDefaultsAreThoseOfTheLastRow(t *testing.T) {
	for source, want := range map[string]bool{
		`T{Default: true, PreRelease: Beta}`:                  true,
		`T{{Default: false}, {Default: true}}`:                true,
		`T{{Default: true, PreRelease: A}, {Default: false}}`: false,
	} {
		expression, err := parser.ParseExpr("map[N]T{Gate: " + source[1:] + "}")
		if err != nil {
			t.Fatal(err)
		}
		if got := gatesIn(expression)["Gate"]; got != want {
			t.Errorf("%s: got %v", source, got)
		}
	}
}
