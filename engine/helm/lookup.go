package helm

import (
	"crypto/sha256"
	"encoding/binary"

	"fleetwright.dev/engine/manifest"
)

// cluster answers `lookup` from objects that were handed in.
type cluster struct {
	texts [][]byte
	// objects are read on the first lookup: most charts have none.
	objects []map[string]any
	read    bool
}

// digest tells clusters apart in the keys of kept documents; empty for one without objects.
func (known *cluster) digest() string {
	if len(known.texts) == 0 {
		return ""
	}
	hash := sha256.New()
	for _, text := range known.texts {
		hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text))))
		hash.Write(text)
	}
	return string(hash.Sum(nil))
}

// lookup is the template function: one object by name, or all of a namespace (or of all) as a list; an empty map when there
// is none. Templates may write into what they get, so they get copies.
func (known *cluster) lookup(apiVersion, kind, namespace, name string) (map[string]any, error) {
	if err := known.readOnce(); err != nil {
		return map[string]any{}, err
	}
	var items []any
	for _, object := range known.objects {
		metadata, _ := object["metadata"].(map[string]any)
		ownNamespace, _ := metadata["namespace"].(string)
		if object["apiVersion"] != apiVersion || object["kind"] != kind {
			continue
		}
		if name == "" {
			if namespace == "" || ownNamespace == "" || ownNamespace == namespace {
				items = append(items, copyOf(object))
			}
			continue
		}
		// An API server finds no object of a namespace without being told which, and ignores one for the cluster's own.
		if metadata["name"] == name && (ownNamespace == "" || ownNamespace == namespace) {
			return copyOf(object).(map[string]any), nil
		}
	}
	if len(items) == 0 {
		return map[string]any{}, nil
	}
	return map[string]any{"apiVersion": apiVersion, "kind": kind + "List", "metadata": map[string]any{}, "items": items}, nil
}

func (known *cluster) readOnce() error {
	if known.read {
		return nil
	}
	for _, text := range known.texts {
		value, err := manifest.ParseJSON(text)
		if err != nil {
			return err
		}
		if object, isMap := value.(map[string]any); isMap {
			known.objects = append(known.objects, object)
		}
	}
	known.read = true
	return nil
}

func copyOf(value any) any {
	switch value := value.(type) {
	case map[string]any:
		fields := make(map[string]any, len(value))
		for key, field := range value {
			fields[key] = copyOf(field)
		}
		return fields
	case []any:
		items := make([]any, len(value))
		for index, item := range value {
			items[index] = copyOf(item)
		}
		return items
	}
	return value
}
