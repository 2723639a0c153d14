package main

import (
	"fmt"
	"go/ast"
	"maps"
	"path/filepath"
	"strconv"
)

// readGates finds resources that a feature gate keeps back. Their storage reads
//
//	if resource := "podcertificaterequests"; … .ResourceEnabled(certificatesapiv1.SchemeGroupVersion.WithResource(resource)) {
//		if utilfeature.DefaultFeatureGate.Enabled(features.PodCertificateRequest) {
func (d defaults) readGates(kubernetes string, names groupNames) error {
	files, err := filepath.Glob(filepath.Join(kubernetes, "pkg/registry/*/rest/storage_*.go"))
	if err != nil {
		return err
	}
	gates, err := readGateDefaults(kubernetes)
	if err != nil {
		return err
	}
	for _, path := range files {
		file, err := parseFile(path)
		if err != nil {
			return err
		}
		var failure error
		ast.Inspect(file, func(node ast.Node) bool {
			statement, ok := node.(*ast.IfStmt)
			if !ok || failure != nil {
				return failure == nil
			}
			plural, ok := assignedResource(statement.Init)
			if !ok {
				return true
			}
			gate, ok := onlyGate(statement.Body)
			if !ok {
				return true
			}
			on, known := gates[gate]
			if !known {
				failure = fmt.Errorf("%s: feature gate %s has no default", path, gate)
			}
			if on {
				return true
			}
			key, err := enabledVersion(statement.Cond, imports(file), names)
			if err != nil {
				failure = fmt.Errorf("%s: %v", path, err)
				return false
			}
			if d.gated[key] == nil {
				d.gated[key] = map[string]bool{}
			}
			d.gated[key][plural] = true
			return true
		})
		if failure != nil {
			return failure
		}
	}
	return nil
}

// assignedResource reads `resource := "pods"`.
func assignedResource(statement ast.Stmt) (string, bool) {
	assignment, ok := statement.(*ast.AssignStmt)
	if !ok || len(assignment.Rhs) != 1 {
		return "", false
	}
	literal, ok := assignment.Rhs[0].(*ast.BasicLit)
	if !ok {
		return "", false
	}
	plural, err := strconv.Unquote(literal.Value)
	return plural, err == nil
}

// onlyGate returns the gate when a block is nothing but `if …Enabled(features.X) { … }`: then X decides over the resource.
// A gate further inside decides over a subresource or a detail.
func onlyGate(block *ast.BlockStmt) (string, bool) {
	if len(block.List) != 1 {
		return "", false
	}
	statement, ok := block.List[0].(*ast.IfStmt)
	if !ok {
		return "", false
	}
	call, ok := statement.Cond.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return "", false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || method.Sel.Name != "Enabled" {
		return "", false
	}
	gate, ok := call.Args[0].(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	return gate.Sel.Name, true
}

// enabledVersion finds `x.SchemeGroupVersion.WithResource(resource)` in a condition.
func enabledVersion(condition ast.Expr, packages map[string]string, names groupNames) (groupVersion, error) {
	var key groupVersion
	err := fmt.Errorf("no group version in the condition")
	ast.Inspect(condition, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		if found, _, failure := withResource(call, packages, names); failure == nil {
			key, err = found, nil
		}
		return true
	})
	return key, err
}

func readGateDefaults(kubernetes string) (map[string]bool, error) {
	files, err := filepath.Glob(filepath.Join(kubernetes, "pkg/features/*kube_features.go"))
	if err != nil {
		return nil, err
	}
	gates := map[string]bool{}
	for _, path := range files {
		file, err := parseFile(path)
		if err != nil {
			return nil, err
		}
		maps.Copy(gates, gatesIn(file))
	}
	return gates, nil
}

// gatesIn reads the tables `Gate: {Default: true, …}` and, newer, `Gate: {{Version: …, Default: false}, …}`, whose last
// row is the one of this version.
func gatesIn(root ast.Node) map[string]bool {
	gates := map[string]bool{}
	ast.Inspect(root, func(node ast.Node) bool {
		entry, ok := node.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		name, isName := entry.Key.(*ast.Ident)
		spec, isSpec := entry.Value.(*ast.CompositeLit)
		if !isName || !isSpec || len(spec.Elts) == 0 {
			return true
		}
		if row, ok := spec.Elts[len(spec.Elts)-1].(*ast.CompositeLit); ok {
			spec = row
		}
		if on, ok := defaultOf(spec); ok {
			gates[name.Name] = on
			return false
		}
		return true
	})
	return gates
}

func defaultOf(spec *ast.CompositeLit) (bool, bool) {
	for _, element := range spec.Elts {
		field, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		name, isName := field.Key.(*ast.Ident)
		value, isValue := field.Value.(*ast.Ident)
		if isName && isValue && name.Name == "Default" {
			return value.Name == "true", true
		}
	}
	return false, false
}
