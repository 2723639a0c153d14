package main

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// enums are the values of fields by definition and field: core.v1.Container, imagePullPolicy. The published OpenAPI
// documents leave them out; types that are marked +enum in k8s.io/api have them.
type enums map[string]map[string][]string

// goTypes is what the packages of one k8s.io/api module declare, by core.v1.PullPolicy.
type goTypes struct {
	values  map[string][]string
	structs map[string]goStruct
}

type goStruct struct {
	*ast.StructType
	// definition folder of its package, `core.v1.`.
	home     string
	packages map[string]string
}

func readEnums(api string) (enums, error) {
	files, err := filepath.Glob(filepath.Join(api, "*/v*/*.go"))
	if err != nil {
		return nil, err
	}
	types := goTypes{values: map[string][]string{}, structs: map[string]goStruct{}}
	for _, path := range files {
		if name := filepath.Base(path); strings.Contains(name, "generated") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parseWithComments(path)
		if err != nil {
			return nil, err
		}
		relative, err := filepath.Rel(api, filepath.Dir(path))
		if err != nil {
			return nil, err
		}
		types.read(file, homeOf(relative))
	}
	found := enums{}
	for name, one := range types.structs {
		fields := map[string][]string{}
		types.collect(one, fields)
		if len(fields) > 0 {
			found[name] = fields
		}
	}
	return found, nil
}

// homeOf a package of k8s.io/api: core/v1 → `core.v1.`.
func homeOf(folder string) string {
	return strings.ReplaceAll(filepath.ToSlash(folder), "/", ".") + "."
}

func (t goTypes) read(file *ast.File, home string) {
	marked := map[string]bool{}
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || general.Tok != token.TYPE {
			continue
		}
		for _, spec := range general.Specs {
			one := spec.(*ast.TypeSpec)
			switch kind := one.Type.(type) {
			case *ast.StructType:
				t.structs[home+one.Name.Name] = goStruct{kind, home, imports(file)}
			case *ast.Ident:
				if kind.Name == "string" && (isEnum(general.Doc) || isEnum(one.Doc)) {
					marked[one.Name.Name] = true
				}
			}
		}
	}
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || general.Tok != token.CONST {
			continue
		}
		for _, spec := range general.Specs {
			one := spec.(*ast.ValueSpec)
			kind, ok := one.Type.(*ast.Ident)
			if !ok || !marked[kind.Name] {
				continue
			}
			for _, value := range one.Values {
				if literal, ok := value.(*ast.BasicLit); ok {
					if text, err := strconv.Unquote(literal.Value); err == nil {
						t.values[home+kind.Name] = append(t.values[home+kind.Name], text)
					}
				}
			}
		}
	}
}

func isEnum(comment *ast.CommentGroup) bool {
	if comment == nil {
		return false
	}
	for _, line := range comment.List {
		if strings.TrimSpace(strings.TrimPrefix(line.Text, "//")) == "+enum" {
			return true
		}
	}
	return false
}

// collect adds the fields of a struct, those of the structs that it holds inline included.
func (t goTypes) collect(one goStruct, fields map[string][]string) {
	for _, field := range one.Fields.List {
		name, isInline := jsonName(field)
		kind := one.nameOf(field.Type)
		if isInline {
			if inner, ok := t.structs[kind]; ok {
				t.collect(inner, fields)
			}
			continue
		}
		if values := t.values[kind]; name != "" && len(values) > 0 {
			sorted := slices.Clone(values)
			slices.Sort(sorted)
			fields[name] = slices.Compact(sorted)
		}
	}
}

// jsonName reads `json:"imagePullPolicy,omitempty"`; inline fields have no name of their own.
func jsonName(field *ast.Field) (string, bool) {
	if field.Tag == nil {
		return "", false
	}
	tag, err := strconv.Unquote(field.Tag.Value)
	if err != nil {
		return "", false
	}
	name, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
	return name, name == "" && strings.Contains(options, "inline")
}

// nameOf the type of a field, of the items of a list and of what a pointer leads to, as `core.v1.PullPolicy`.
func (s goStruct) nameOf(kind ast.Expr) string {
	switch one := kind.(type) {
	case *ast.StarExpr:
		return s.nameOf(one.X)
	case *ast.ArrayType:
		return s.nameOf(one.Elt)
	case *ast.Ident:
		return s.home + one.Name
	case *ast.SelectorExpr:
		if alias, ok := one.X.(*ast.Ident); ok {
			if folder, ok := strings.CutPrefix(s.packages[alias.Name], "k8s.io/api/"); ok {
				return homeOf(folder) + one.Sel.Name
			}
		}
	}
	return ""
}
