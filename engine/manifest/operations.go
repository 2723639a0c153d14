package manifest

import (
	"strings"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

func init() {
	operation.Register("readObjects", readObjects)
	operation.Register("parseYaml", parseYaml)
	operation.Register("printObjects", printObjects)
}

func readObjects(request operation.Request) (operation.Response, error) {
	var payload wire.ReadObjects
	if err := request.Decode(&payload); err != nil {
		return operation.Response{}, err
	}
	var rendered []Rendered
	for _, text := range payload.Texts {
		objects, fault := ReadSveltos(request.Text(text.Text))
		if fault != nil {
			fault.File = text.Name
			return operation.Response{}, fault
		}
		for _, object := range objects {
			rendered = append(rendered, Rendered{Object: object, Source: text.Name})
		}
	}
	objects, err := Finish(rendered, payload.Finish)
	return operation.Response{Objects: objects}, err
}

func parseYaml(request operation.Request) (operation.Response, error) {
	var payload wire.ParseYaml
	if err := request.Decode(&payload); err != nil {
		return operation.Response{}, err
	}
	var response operation.Response
	results := make([][]wire.ParsedDocument, 0, len(payload.Texts))
	for _, blob := range payload.Texts {
		text := request.Text(blob)
		documents := []wire.ParsedDocument{}
		line := 0
		counted := 0
		for _, part := range Split(text) {
			line += strings.Count(text[counted:part.Start], "\n")
			counted = part.Start
			documents = append(documents, parsePart(part, line, &response))
		}
		results = append(results, documents)
	}
	response.Result = results
	return response, nil
}

// parsePart parses one document whose text begins after so many lines.
func parsePart(part Part, lines int, response *operation.Response) wire.ParsedDocument {
	parsed := wire.ParsedDocument{Start: part.Start, End: part.End, Fault: part.Fault}
	if part.Fault != nil {
		return parsed
	}
	value, fault := Parse(part.Text)
	switch {
	case fault != nil:
		parsed.Fault = shiftLines(fault, lines)
	case value != nil:
		blob := response.Blob(AppendJSON(nil, value))
		parsed.JSON = &blob
	}
	return parsed
}

func printObjects(request operation.Request) (operation.Response, error) {
	var payload wire.PrintObjects
	if err := request.Decode(&payload); err != nil {
		return operation.Response{}, err
	}
	objects := make([]wire.Object, 0, len(payload.Objects))
	for _, blob := range payload.Objects {
		object, fault := objectOfJSON(request.Bytes(blob))
		if fault != nil {
			return operation.Response{}, fault
		}
		objects = append(objects, wire.Object{
			APIVersion: object.APIVersion, Kind: object.Kind, Namespace: object.Namespace, Name: object.Name,
			Digest: object.Digest(), Text: object.Text(),
		})
	}
	return operation.Response{Objects: objects}, nil
}

func objectOfJSON(text []byte) (*Object, *operation.Fault) {
	value, err := ParseJSON(text)
	if err != nil {
		return nil, notAnObject("the text is no JSON: " + err.Error())
	}
	fields, isMap := value.(map[string]any)
	if !isMap {
		return nil, notAnObject("the value is " + describe(value) + ", not an object")
	}
	apiVersion, fault := requiredText(fields, "apiVersion")
	if fault != nil {
		return nil, fault
	}
	kind, fault := requiredText(fields, "kind")
	if fault != nil {
		return nil, fault
	}
	return newObject(apiVersion, kind, fields)
}
