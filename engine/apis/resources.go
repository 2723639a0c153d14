package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// resource is one row of discovery.
type resource struct {
	// path is group version and resource, as discovery orders them: apps/v1/deployments/scale.
	path string
	// group is empty for the core group.
	group, version string
	// plural is without the subresource.
	plural      string
	subresource bool
	// kind is what discovery lists: Scale for deployments/scale, though that is of another group.
	kind       string
	namespaced bool
}

func (r resource) groupVersion() string {
	if r.group == "" {
		return r.version
	}
	return r.group + "/" + r.version
}

// readResources reads every resource of the OpenAPI document, which upstream generates from a server with all APIs on.
func readResources(kubernetes string) ([]resource, error) {
	content, err := os.ReadFile(filepath.Join(kubernetes, "api/openapi-spec/swagger.json"))
	if err != nil {
		return nil, err
	}
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(content, &document); err != nil {
		return nil, err
	}
	byPath := map[string]resource{}
	for url, operations := range document.Paths {
		one, ok := parseURL(url)
		if !ok {
			continue
		}
		if one.kind, err = kindOf(operations); err != nil {
			return nil, fmt.Errorf("%s: %v", url, err)
		}
		if one.kind == "" {
			continue
		}
		// The list over all namespaces has a path without one.
		if known, ok := byPath[one.path]; ok {
			if known.kind != one.kind {
				return nil, fmt.Errorf("%s has the kinds %s and %s", one.path, known.kind, one.kind)
			}
			one.namespaced = one.namespaced || known.namespaced
		}
		byPath[one.path] = one
	}
	var all []resource
	for _, one := range byPath {
		all = append(all, one)
	}
	return all, nil
}

// parseURL reads /api/v1/… and /apis/<group>/<version>/…; the deprecated /watch/ paths are not resources.
func parseURL(url string) (resource, bool) {
	parts := strings.Split(strings.Trim(url, "/"), "/")
	var one resource
	switch {
	case len(parts) > 2 && parts[0] == "api":
		one.version, parts = parts[1], parts[2:]
	case len(parts) > 3 && parts[0] == "apis":
		one.group, one.version, parts = parts[1], parts[2], parts[3:]
	default:
		return one, false
	}
	if parts[0] == "watch" {
		return one, false
	}
	if len(parts) > 2 && parts[0] == "namespaces" && parts[1] == "{namespace}" {
		one.namespaced, parts = true, parts[2:]
	}
	one.plural = parts[0]
	one.path = one.groupVersion() + "/" + one.plural
	// parts: plural, {name}, subresource, and for proxies {path}.
	if len(parts) > 2 {
		one.subresource = true
		one.path += "/" + parts[2]
	}
	return one, true
}

// kindOf returns the kind of a path's operations; all of them have the same one, or none.
func kindOf(operations map[string]json.RawMessage) (string, error) {
	kind := ""
	for method, raw := range operations {
		if method == "parameters" {
			continue
		}
		var operation struct {
			GVK struct{ Kind string } `json:"x-kubernetes-group-version-kind"`
		}
		if err := json.Unmarshal(raw, &operation); err != nil {
			return "", err
		}
		switch {
		case operation.GVK.Kind == "" || operation.GVK.Kind == kind:
		case kind == "":
			kind = operation.GVK.Kind
		// deletecollection and the like name the same kind; a connect operation may name its options.
		default:
			return "", fmt.Errorf("kinds %s and %s", kind, operation.GVK.Kind)
		}
	}
	return kind, nil
}
