// Package operation is the table of what the engine can do. Each package of the engine registers its operations in an init
// function; the seam (package main's protocol) looks them up by name.
package operation

import (
	"encoding/json"
	"fmt"
	"slices"
	"unsafe"

	"fleetwright.dev/engine/wire"
)

// Request is one call. Header and Blobs belong to the operation from then on: the seam never reuses their memory, so they
// may be kept, cut and read as strings without a copy.
type Request struct {
	// Header is the JSON of the operation's payload, one of the structs of package wire.
	Header json.RawMessage
	Blobs  [][]byte
}

// Decode reads the payload. A failure is a bug on the host's side, hence a plain error and no Fault.
func (request Request) Decode(payload any) error {
	if err := json.Unmarshal(request.Header, payload); err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	return nil
}

// Bytes is the blob of that index; empty for one that is not there.
func (request Request) Bytes(blob wire.Blob) []byte {
	if blob < 0 || int(blob) >= len(request.Blobs) {
		return nil
	}
	return request.Blobs[blob]
}

// Text is the blob as string, without a copy: don't write to the bytes of a blob that was read so.
func (request Request) Text(blob wire.Blob) string {
	content := request.Bytes(blob)
	return unsafe.String(unsafe.SliceData(content), len(content))
}

// Response is what a call gives: a Result that is printed as JSON, with Blobs that it refers to, Objects, or both.
type Response struct {
	Result  any
	Blobs   [][]byte
	Objects []wire.Object
}

// Blob adds bytes to the response and names them.
func (response *Response) Blob(content []byte) wire.Blob {
	response.Blobs = append(response.Blobs, content)
	return wire.Blob(len(response.Blobs) - 1)
}

// Fault is why an operation refuses its input, as an error: return &operation.Fault{Kind: wire.KindYAML, …}.
type Fault = wire.Fault

// Handler carries out an operation. An error that is (or wraps) a *Fault is the user's mistake; any other error, and a
// panic, is ours and reaches the host as a fault of kind crash.
type Handler func(Request) (Response, error)

var handlers = map[string]Handler{}

// Register adds an operation. A name taken twice is a bug and ends the program at its start.
func Register(name string, handler Handler) {
	if _, taken := handlers[name]; taken {
		panic("operation registered twice: " + name)
	}
	handlers[name] = handler
}

// Find gives the operation of that name.
func Find(name string) (Handler, bool) {
	handler, found := handlers[name]
	return handler, found
}

// Names lists the operations, sorted.
func Names() []string {
	names := make([]string, 0, len(handlers))
	for name := range handlers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
