package template

import (
	"maps"

	"fleetwright.dev/engine/manifest"
	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

func mergeValues(request operation.Request) (operation.Response, error) {
	var payload wire.MergeValues
	if err := request.Decode(&payload); err != nil {
		return operation.Response{}, err
	}
	merged := map[string]any{}
	for _, document := range payload.Documents {
		values, fault := parseValues(request.Text(document.Text))
		if fault != nil {
			fault.File = document.Name
			return operation.Response{}, fault
		}
		merged = Merge(merged, values)
	}
	var response operation.Response
	response.Result = wire.Merged{Text: response.Blob(manifest.AppendJSON(nil, merged))}
	return response, nil
}

func parseValues(text string) (map[string]any, *operation.Fault) {
	value, fault := manifest.Parse(text)
	if fault != nil {
		return nil, fault
	}
	values, isMap := value.(map[string]any)
	if !isMap && value != nil {
		return nil, &operation.Fault{Kind: wire.KindValues, Message: "the values are no mapping"}
	}
	return values, nil
}

// Merge lays later values over earlier ones: mappings are merged, everything else replaces what was there, null included
// (it reaches Helm, where it deletes the chart's default).
func Merge(earlier, later map[string]any) map[string]any {
	merged := maps.Clone(earlier)
	for key, value := range later {
		before, wasMap := merged[key].(map[string]any)
		after, isMap := value.(map[string]any)
		if wasMap && isMap {
			merged[key] = Merge(before, after)
			continue
		}
		merged[key] = value
	}
	return merged
}
