package template

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// dot is what a template sees as `.`, in the very Go types that Sveltos uses: they decide which fields exist, what a
// missing one is, and which sprig functions accept a value.
type dot struct {
	value any
	// resources are those of MgmtResources, for the functions that name them by identifier.
	resources map[string]map[string]any
}

type profileDot struct {
	Cluster                map[string]any
	KubeadmControlPlane    map[string]any
	InfrastructureProvider map[string]any
	MgmtResources          map[string]map[string]any
}

type eventDot struct {
	MatchingResource ObjectReference
	Resource         map[string]any
	CloudEvent       map[string]any
	Cluster          map[string]any
}

type eventsDot struct {
	MatchingResources []ObjectReference
	Resources         []map[string]any
	CloudEvents       []map[string]any
	Cluster           map[string]any
}

type referenceDot struct {
	Cluster                       map[string]any
	ClusterNamespace, ClusterName string
}

// ObjectReference is Kubernetes' core/v1 type as templates see it, without the module around it.
type ObjectReference struct {
	Kind            string `json:"kind,omitempty"`
	Namespace       string `json:"namespace,omitempty"`
	Name            string `json:"name,omitempty"`
	UID             string `json:"uid,omitempty"`
	APIVersion      string `json:"apiVersion,omitempty"`
	ResourceVersion string `json:"resourceVersion,omitempty"`
	FieldPath       string `json:"fieldPath,omitempty"`
}

// String prints as the upstream type does, whose generated form is what `{{ .MatchingResource }}` gives.
func (reference *ObjectReference) String() string {
	return fmt.Sprintf("&ObjectReference{Kind:%s,Namespace:%s,Name:%s,UID:%s,APIVersion:%s,ResourceVersion:%s,FieldPath:%s,}",
		reference.Kind, reference.Namespace, reference.Name, reference.UID, reference.APIVersion,
		reference.ResourceVersion, reference.FieldPath)
}

// GroupVersionKind is upstream's method of that name.
func (reference *ObjectReference) GroupVersionKind() schema.GroupVersionKind {
	return schema.FromAPIVersionAndKind(reference.APIVersion, reference.Kind)
}

// decodeData reads the JSON of the dot. Wrong shapes are the host's mistake, not the user's.
func decodeData(text []byte, dialect *dialect) (dot, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return dot{}, fmt.Errorf("data of the templates: %w", err)
	}
	decoder := fieldDecoder{fields: fields}
	decoded := dot{}
	switch {
	case dialect == profile:
		value := &profileDot{}
		decoder.object("Cluster", &value.Cluster)
		decoder.object("KubeadmControlPlane", &value.KubeadmControlPlane)
		decoder.object("InfrastructureProvider", &value.InfrastructureProvider)
		decoder.objects("MgmtResources", &value.MgmtResources)
		decoded.value, decoded.resources = value, value.MgmtResources
	case dialect == event && decoder.hasAny("MatchingResources", "Resources", "CloudEvents"):
		value := &eventsDot{}
		decoder.plain("MatchingResources", &value.MatchingResources)
		decoder.plain("Resources", &value.Resources)
		decoder.plain("CloudEvents", &value.CloudEvents)
		decoder.object("Cluster", &value.Cluster)
		decoded.value = value
	case dialect == event:
		value := &eventDot{}
		decoder.plain("MatchingResource", &value.MatchingResource)
		decoder.plain("Resource", &value.Resource)
		decoder.plain("CloudEvent", &value.CloudEvent)
		decoder.object("Cluster", &value.Cluster)
		decoded.value = value
	case dialect == reference:
		value := referenceDot{}
		decoder.object("Cluster", &value.Cluster)
		decoder.plain("ClusterNamespace", &value.ClusterNamespace)
		decoder.plain("ClusterName", &value.ClusterName)
		decoded.value = value
	default:
		var texts map[string]string
		if json.Unmarshal(text, &texts) == nil {
			decoded.value = texts
			break
		}
		value, err := decodeValue(text)
		decoded.value, decoder.err = value, err
	}
	return decoded, decoder.err
}

// fieldDecoder reads fields that may be absent; the first failure stays.
type fieldDecoder struct {
	fields map[string]json.RawMessage
	err    error
}

func (decoder *fieldDecoder) hasAny(names ...string) bool {
	for _, name := range names {
		if _, found := decoder.fields[name]; found {
			return true
		}
	}
	return false
}

func (decoder *fieldDecoder) fail(name string, err error) {
	if err != nil && decoder.err == nil {
		decoder.err = fmt.Errorf("data of the templates, %s: %w", name, err)
	}
}

// plain decodes as encoding/json does: all numbers are float64, as those of collected resources and of cloud events.
func (decoder *fieldDecoder) plain(name string, into any) {
	if text, found := decoder.fields[name]; found {
		decoder.fail(name, json.Unmarshal(text, into))
	}
}

// object decodes as Kubernetes' clients do: whole numbers are int64.
func (decoder *fieldDecoder) object(name string, into *map[string]any) {
	text, found := decoder.fields[name]
	if !found {
		return
	}
	value, err := decodeValue(text)
	decoder.fail(name, err)
	object, isObject := value.(map[string]any)
	if !isObject && value != nil {
		decoder.fail(name, fmt.Errorf("%T is no object", value))
	}
	*into = object
}

func (decoder *fieldDecoder) objects(name string, into *map[string]map[string]any) {
	var all map[string]any
	decoder.object(name, &all)
	if all == nil {
		return
	}
	*into = make(map[string]map[string]any, len(all))
	for identifier, value := range all {
		object, isObject := value.(map[string]any)
		if !isObject {
			decoder.fail(name, fmt.Errorf("%s is %T and no object", identifier, value))
		}
		(*into)[identifier] = object
	}
}

func decodeValue(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return withNumbers(value)
}

// withNumbers is apimachinery's rule: what reads as int64 is one, the rest is float64 (1.0 is a float64 here).
func withNumbers(value any) (any, error) {
	var err error
	switch value := value.(type) {
	case map[string]any:
		for key, child := range value {
			if value[key], err = withNumbers(child); err != nil {
				return nil, err
			}
		}
	case []any:
		for place, child := range value {
			if value[place], err = withNumbers(child); err != nil {
				return nil, err
			}
		}
	case json.Number:
		if !strings.ContainsAny(string(value), ".eE") {
			if whole, err := value.Int64(); err == nil {
				return whole, nil
			}
		}
		return value.Float64()
	}
	return value, nil
}

// clone copies the dot, for a template that may write to it.
func (data dot) clone() dot {
	switch value := data.value.(type) {
	case *profileDot:
		copied := &profileDot{
			Cluster:                copyMap(value.Cluster),
			KubeadmControlPlane:    copyMap(value.KubeadmControlPlane),
			InfrastructureProvider: copyMap(value.InfrastructureProvider),
		}
		if value.MgmtResources != nil {
			copied.MgmtResources = make(map[string]map[string]any, len(value.MgmtResources))
			for identifier, object := range value.MgmtResources {
				copied.MgmtResources[identifier] = copyMap(object)
			}
		}
		return dot{value: copied, resources: copied.MgmtResources}
	case *eventDot:
		copied := *value
		copied.Resource, copied.CloudEvent, copied.Cluster =
			copyMap(value.Resource), copyMap(value.CloudEvent), copyMap(value.Cluster)
		return dot{value: &copied}
	case *eventsDot:
		copied := *value
		copied.Resources, copied.CloudEvents, copied.Cluster =
			copyMaps(value.Resources), copyMaps(value.CloudEvents), copyMap(value.Cluster)
		return dot{value: &copied}
	case referenceDot:
		value.Cluster = copyMap(value.Cluster)
		return dot{value: value}
	default:
		return dot{value: copyValue(value)}
	}
}

func copyMaps(all []map[string]any) []map[string]any {
	if all == nil {
		return nil
	}
	copied := make([]map[string]any, len(all))
	for place, object := range all {
		copied[place] = copyMap(object)
	}
	return copied
}

func copyMap(object map[string]any) map[string]any {
	if object == nil {
		return nil
	}
	copied := make(map[string]any, len(object))
	for key, value := range object {
		copied[key] = copyValue(value)
	}
	return copied
}

func copyValue(value any) any {
	switch value := value.(type) {
	case map[string]any:
		return copyMap(value)
	case map[string]string:
		return copyTexts(value)
	case []any:
		if value == nil {
			return value
		}
		copied := make([]any, len(value))
		for place, item := range value {
			copied[place] = copyValue(item)
		}
		return copied
	}
	return value
}

func copyTexts(texts map[string]string) map[string]string {
	copied := make(map[string]string, len(texts))
	for key, text := range texts {
		copied[key] = text
	}
	return copied
}
