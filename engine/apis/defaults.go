package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// groupVersion as Go code names it by an imported package.
type groupVersion struct{ group, version string }

// defaults is what pkg/controlplane/instance.go, the feature gates and the REST storages say.
type defaults struct {
	stable, off map[groupVersion]bool
	// beta holds single resources that are on although their version is off: group, version, plural.
	beta map[groupVersion]map[string]bool
	// gated holds resources behind a feature gate that is off by default.
	gated map[groupVersion]map[string]bool
}

// Served by the servers that kube-apiserver chains to, apiextensions and the aggregator; instance.go does not list them.
var chained = map[string]bool{"apiextensions.k8s.io": true, "apiregistration.k8s.io": true}

var stableVersion = regexp.MustCompile(`^v[0-9]+$`)

func (d defaults) serves(one resource) (bool, error) {
	key := groupVersion{one.group, one.version}
	if d.gated[key][one.plural] {
		return false, nil
	}
	switch {
	case d.stable[key], d.beta[key][one.plural]:
		return true, nil
	case d.off[key]:
		return false, nil
	case chained[one.group] && stableVersion.MatchString(one.version):
		return true, nil
	}
	return false, fmt.Errorf("nothing says whether %s is on by default", one.path)
}

func readDefaults(kubernetes string, names groupNames) (defaults, error) {
	d := defaults{
		stable: map[groupVersion]bool{}, off: map[groupVersion]bool{},
		beta: map[groupVersion]map[string]bool{}, gated: map[groupVersion]map[string]bool{},
	}
	file, err := parseFile(filepath.Join(kubernetes, "pkg/controlplane/instance.go"))
	if err != nil {
		return d, err
	}
	found := map[string]bool{}
	var failure error
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || len(spec.Names) != 1 || len(spec.Values) != 1 {
			return true
		}
		list, ok := spec.Values[0].(*ast.CompositeLit)
		if !ok {
			return true
		}
		name := listName(spec.Names[0].Name)
		found[name] = true
		for _, element := range list.Elts {
			if err := d.take(name, element, imports(file), names); err != nil {
				failure = err
			}
		}
		return false
	})
	if failure != nil {
		return d, failure
	}
	for _, needed := range []string{listStable, listBetaOff, listAlphaOff} {
		if !found[needed] {
			return d, fmt.Errorf("instance.go has no %s", needed)
		}
	}
	return d, d.readGates(kubernetes, names)
}

const (
	listStable   = "stableAPIGroupVersionsEnabledByDefault"
	listBetaOn   = "legacyBetaEnabledByDefaultResources"
	listBetaOff  = "betaAPIGroupVersionsDisabledByDefault"
	listAlphaOff = "alphaAPIGroupVersionsDisabledByDefault"
)

// listName of a list that 1.36 split in two: genericStable… for any control plane, stable… for what only kube-apiserver serves.
func listName(name string) string {
	if rest, ok := strings.CutPrefix(name, "generic"); ok && rest != "" {
		return strings.ToLower(rest[:1]) + rest[1:]
	}
	return name
}

// take reads one element of one of the four lists: `appsv1.SchemeGroupVersion` or `… .WithResource("events")`.
func (d defaults) take(list string, element ast.Expr, packages map[string]string, names groupNames) error {
	var into map[groupVersion]bool
	switch list {
	case listStable:
		into = d.stable
	case listBetaOff, listAlphaOff:
		into = d.off
	case listBetaOn:
		key, plural, err := withResource(element, packages, names)
		if err != nil {
			return err
		}
		if d.beta[key] == nil {
			d.beta[key] = map[string]bool{}
		}
		d.beta[key][plural] = true
		return nil
	default:
		return nil
	}
	key, err := schemeGroupVersion(element, packages, names)
	into[key] = true
	return err
}

// schemeGroupVersion reads `appsv1.SchemeGroupVersion`.
func schemeGroupVersion(expression ast.Expr, packages map[string]string, names groupNames) (groupVersion, error) {
	selector, ok := expression.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "SchemeGroupVersion" {
		return groupVersion{}, fmt.Errorf("expected a SchemeGroupVersion, found %T", expression)
	}
	alias, ok := selector.X.(*ast.Ident)
	if !ok {
		return groupVersion{}, fmt.Errorf("expected a package name, found %T", selector.X)
	}
	return names.of(packages[alias.Name])
}

// withResource reads `eventsv1beta1.SchemeGroupVersion.WithResource("events")`.
func withResource(expression ast.Expr, packages map[string]string, names groupNames) (groupVersion, string, error) {
	call, ok := expression.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return groupVersion{}, "", fmt.Errorf("expected WithResource, found %T", expression)
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || method.Sel.Name != "WithResource" {
		return groupVersion{}, "", fmt.Errorf("expected WithResource, found %T", call.Fun)
	}
	key, err := schemeGroupVersion(method.X, packages, names)
	if err != nil {
		return key, "", err
	}
	literal, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		// WithResource(resource): the caller knows the name.
		return key, "", nil
	}
	plural, err := strconv.Unquote(literal.Value)
	return key, plural, err
}

// groupNames finds the name of a group in the register.go of its package in k8s.io/api.
type groupNames struct{ folder string }

var groupName = regexp.MustCompile(`(?m)^const GroupName = "([^"]*)"`)

func (n groupNames) of(importPath string) (groupVersion, error) {
	relative, ok := strings.CutPrefix(importPath, "k8s.io/api/")
	if !ok {
		// The internal package of a version has the same folder and is of the same group.
		relative, ok = strings.CutPrefix(importPath, "k8s.io/kubernetes/pkg/apis/")
	}
	if !ok {
		return groupVersion{}, fmt.Errorf("%q is no package of an API version", importPath)
	}
	content, err := os.ReadFile(filepath.Join(n.folder, relative, "register.go"))
	if err != nil {
		return groupVersion{}, err
	}
	match := groupName.FindSubmatch(content)
	if match == nil {
		return groupVersion{}, fmt.Errorf("%s/register.go names no group", relative)
	}
	return groupVersion{string(match[1]), filepath.Base(relative)}, nil
}

func parseFile(path string) (*ast.File, error) {
	return parser.ParseFile(token.NewFileSet(), path, nil, 0)
}

func parseWithComments(path string) (*ast.File, error) {
	return parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
}

// imports maps the names by which a file refers to packages to their paths.
func imports(file *ast.File) map[string]string {
	packages := map[string]string{}
	for _, one := range file.Imports {
		path, _ := strconv.Unquote(one.Path.Value)
		name := filepath.Base(path)
		if one.Name != nil {
			name = one.Name.Name
		}
		packages[name] = path
	}
	return packages
}
