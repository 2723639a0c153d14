// Package template executes Go templates as Sveltos does, in its four dialects, and merges Helm values as Sveltos merges
// them. What differs from Sveltos on purpose: no function changes an object that another template sees, and names of
// references are not HTML-escaped.
package template

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

func init() {
	operation.Register("executeTemplates", executeTemplates)
	operation.Register("mergeValues", mergeValues)
}

func executeTemplates(request operation.Request) (operation.Response, error) {
	var payload wire.ExecuteTemplates
	if err := request.Decode(&payload); err != nil {
		return operation.Response{}, err
	}
	dialect, err := dialectOf(payload.Dialect)
	if err != nil {
		return operation.Response{}, err
	}
	data, err := decodeData(request.Bytes(payload.Data), dialect)
	if err != nil {
		return operation.Response{}, err
	}
	var response operation.Response
	results := make([]wire.TemplateResult, 0, len(payload.Templates))
	for _, template := range payload.Templates {
		text := request.Text(template.Text)
		view := data
		if mayChangeData(text) {
			view = data.clone()
		}
		output, blocked, fault := dialect.execute(template.Name, text, view)
		if fault != nil {
			results = append(results, wire.TemplateResult{Fault: fault})
			continue
		}
		blob := response.Blob(output)
		results = append(results, wire.TemplateResult{Text: &blob, Blocked: blocked})
	}
	response.Result = results
	return response, nil
}

// mayChangeData asks whether a template names one of sprig's functions that write to a map they are given: set, unset,
// merge, mergeOverwrite and their must… forms. Such a template gets a copy of its own.
func mayChangeData(text string) bool {
	return strings.Contains(text, "set") || strings.Contains(text, "erge")
}

// Execute runs one template of dialect "plain" with a map of texts as dot: the values of a kustomization. Beside its text
// it gives the functions that it called and that would reach out of the sandbox.
func Execute(name, text string, values map[string]string) (string, []string, *operation.Fault) {
	output, blocked, fault := plain.execute(name, text, dot{value: values})
	return string(output), blocked, fault
}

func (dialect *dialect) execute(name, text string, data dot) (output []byte, blocked []string, fault *operation.Fault) {
	if !strings.Contains(text, "{{") {
		return []byte(text), nil, nil
	}
	parsed, err := dialect.parse(text)
	if err != nil {
		return nil, nil, faultOf(err, name, text)
	}
	if dialect.functions != nil {
		parsed.Funcs(dialect.functions(data))
	}
	dialect.blocked = map[string]bool{}
	var printed bytes.Buffer
	if err := parsed.Execute(&printed, data.value); err != nil {
		return nil, nil, faultOf(err, name, text)
	}
	output, blocked = printed.Bytes(), slices.Sorted(maps.Keys(dialect.blocked))
	if dialect == reference {
		// html/template, Sveltos' engine for names, prints nothing for what is missing under `index`.
		output = bytes.ReplaceAll(output, []byte("<no value>"), nil)
	}
	return output, blocked, nil
}
