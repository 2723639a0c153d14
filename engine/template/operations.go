// Package template executes Go templates as Sveltos does, in its four dialects, and merges Helm values as Sveltos merges
// them. What differs from Sveltos on purpose: no function changes an object that another template sees, and names of
// references are not HTML-escaped.
package template

import (
	"bytes"
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
		output, fault := dialect.execute(template.Name, text, view)
		if fault != nil {
			results = append(results, wire.TemplateResult{Fault: fault})
			continue
		}
		blob := response.Blob(output)
		results = append(results, wire.TemplateResult{Text: &blob})
	}
	response.Result = results
	return response, nil
}

// mayChangeData asks whether a template names one of sprig's functions that write to a map they are given: set, unset,
// merge, mergeOverwrite and their must… forms. Such a template gets a copy of its own.
func mayChangeData(text string) bool {
	return strings.Contains(text, "set") || strings.Contains(text, "erge")
}

// Execute runs one template of dialect "plain" with a map of texts as dot: the values of a kustomization.
func Execute(name, text string, values map[string]string) (string, *operation.Fault) {
	output, fault := plain.execute(name, text, dot{value: values})
	return string(output), fault
}

func (dialect *dialect) execute(name, text string, data dot) ([]byte, *operation.Fault) {
	if !strings.Contains(text, "{{") {
		return []byte(text), nil
	}
	parsed, err := dialect.parse(text)
	if err != nil {
		return nil, faultOf(err, name, text)
	}
	if dialect.functions != nil {
		parsed.Funcs(dialect.functions(data))
	}
	var output bytes.Buffer
	if err := parsed.Execute(&output, data.value); err != nil {
		return nil, faultOf(err, name, text)
	}
	if dialect == reference {
		// html/template, Sveltos' engine for names, prints nothing for what is missing under `index`.
		return bytes.ReplaceAll(output.Bytes(), []byte("<no value>"), nil), nil
	}
	return output.Bytes(), nil
}
