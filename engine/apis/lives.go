package main

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// apiOf is a kind of one version of a group.
type apiOf struct {
	groupVersion
	kind string
}

// life says in which minors of Kubernetes 1 a kind comes, is deprecated and goes; 0 where nothing is said.
type life struct {
	introduced, deprecated, removed int
	replacement                     string
}

// lives of all kinds that any release declares, served or not; what a newer release says holds.
type lives map[apiOf]life

// served versions: not alpha, nor the releases whose objects lie in testdata.
var served = regexp.MustCompile(`^v[0-9]+(beta[0-9]+)?$`)

// add reads the APILifecycle… methods, by which the server itself decides what to warn of.
func (l lives) add(one release) error {
	folders, err := filepath.Glob(filepath.Join(one.api, "*/v*"))
	if err != nil {
		return err
	}
	names := groupNames{folder: one.api}
	for _, folder := range folders {
		if !served.MatchString(filepath.Base(folder)) {
			continue
		}
		relative, err := filepath.Rel(one.api, folder)
		if err != nil {
			return err
		}
		key, err := names.of("k8s.io/api/" + filepath.ToSlash(relative))
		if err != nil {
			return err
		}
		if err := l.addFolder(key, folder); err != nil {
			return err
		}
	}
	return nil
}

// addChained reads the groups whose types are modules of their own.
func (l lives) addChained(version string) error {
	for key, path := range map[groupVersion]string{
		{"apiextensions.k8s.io", "v1beta1"}:   "k8s.io/apiextensions-apiserver pkg/apis/apiextensions/v1beta1",
		{"apiregistration.k8s.io", "v1beta1"}: "k8s.io/kube-aggregator pkg/apis/apiregistration/v1beta1",
	} {
		module, folder, _ := strings.Cut(path, " ")
		root, err := moduleFolder(module, stagingVersion(version))
		if err != nil {
			return err
		}
		if err := l.addFolder(key, filepath.Join(root, folder)); err != nil {
			return err
		}
	}
	return nil
}

func (l lives) addFolder(key groupVersion, folder string) error {
	// The core group has no generated file: its few methods are written by hand.
	for _, name := range []string{"zz_generated.prerelease-lifecycle.go", "lifecycle.go"} {
		files, err := filepath.Glob(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		for _, path := range files {
			file, err := parseFile(path)
			if err != nil {
				return err
			}
			found, err := livesIn(file)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			for kind, one := range found {
				if !strings.HasSuffix(kind, "List") {
					l[apiOf{key, kind}] = one
				}
			}
		}
	}
	return nil
}

func livesIn(file *ast.File) (map[string]life, error) {
	found := map[string]life{}
	for _, declaration := range file.Decls {
		method, ok := declaration.(*ast.FuncDecl)
		if !ok || method.Recv == nil {
			continue
		}
		what, ok := strings.CutPrefix(method.Name.Name, "APILifecycle")
		kind, isPointer := receiver(method)
		if !ok || !isPointer {
			continue
		}
		results, err := returned(method)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", method.Name.Name, kind, err)
		}
		one := found[kind]
		switch what {
		case "Introduced":
			one.introduced, err = minorOfResults(results)
		case "Deprecated":
			one.deprecated, err = minorOfResults(results)
		case "Removed":
			one.removed, err = minorOfResults(results)
		case "Replacement":
			one.replacement, err = kindOfResults(results)
		default:
			err = fmt.Errorf("not known")
		}
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", method.Name.Name, kind, err)
		}
		found[kind] = one
	}
	return found, nil
}

func receiver(method *ast.FuncDecl) (string, bool) {
	pointer, ok := method.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return "", false
	}
	name, ok := pointer.X.(*ast.Ident)
	if !ok {
		return "", false
	}
	return name.Name, true
}

func returned(method *ast.FuncDecl) ([]ast.Expr, error) {
	if len(method.Body.List) == 1 {
		if statement, ok := method.Body.List[0].(*ast.ReturnStmt); ok {
			return statement.Results, nil
		}
	}
	return nil, fmt.Errorf("more than a return statement")
}

// minorOfResults reads `return 1, 25`.
func minorOfResults(results []ast.Expr) (int, error) {
	if len(results) == 2 {
		major, isMajor := results[0].(*ast.BasicLit)
		minor, isMinor := results[1].(*ast.BasicLit)
		if isMajor && isMinor && major.Value == "1" {
			return strconv.Atoi(minor.Value)
		}
	}
	return 0, fmt.Errorf("no minor of Kubernetes 1")
}

// kindOfResults reads `return schema.GroupVersionKind{Group: "policy", Version: "v1", Kind: "PodDisruptionBudget"}`.
func kindOfResults(results []ast.Expr) (string, error) {
	parts := map[string]string{}
	if literal, ok := results[0].(*ast.CompositeLit); ok {
		for _, element := range literal.Elts {
			pair, isPair := element.(*ast.KeyValueExpr)
			if !isPair {
				continue
			}
			key, isName := pair.Key.(*ast.Ident)
			value, isText := pair.Value.(*ast.BasicLit)
			if isName && isText {
				text, err := strconv.Unquote(value.Value)
				if err != nil {
					return "", err
				}
				parts[key.Name] = text
			}
		}
	}
	if parts["Version"] == "" || parts["Kind"] == "" {
		return "", fmt.Errorf("no kind")
	}
	one := resource{group: parts["Group"], version: parts["Version"]}
	return one.groupVersion() + " " + parts["Kind"], nil
}

// text is the TypeScript module.
func (l lives) text() string {
	var rows []string
	for key, one := range l {
		// Kinds that were there from 1.0 on.
		if one == (life{}) {
			continue
		}
		api := resource{group: key.group, version: key.version}.groupVersion() + " " + key.kind
		row := fmt.Sprintf("  ['%s', %d, %d, %d", api, one.introduced, one.deprecated, one.removed)
		if one.replacement != "" {
			row += fmt.Sprintf(", '%s'", one.replacement)
		}
		rows = append(rows, row+"],\n")
	}
	sort.Strings(rows)
	return `// Generated by engine/apis from the k8s.io/api modules; do not edit. Regenerate: npm run generate:apis

/**
 * Kinds of Kubernetes itself: the minors in which they come, are deprecated and are served no more (0: nothing is said),
 * and what takes their place. Alpha versions are left out.
 */
export const apiLives: readonly (readonly [
  api: string,
  introduced: number,
  deprecated: number,
  removed: number,
  replacement?: string,
])[] = [
` + strings.Join(rows, "") + "]\n"
}
