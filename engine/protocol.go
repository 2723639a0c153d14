// The seam between Go and TypeScript, this side; src/engine/protocol.ts is the other one.
//
//  1. A frame is: length of the header (u32, little endian) | header (JSON, UTF-8) | blobs, one after another, no padding.
//  2. A request's header is {operation, payload, blobs: [length…], resend?, forget?}; payloads are the structs of package wire.
//  3. A response's header is {result, objects or fault, blobs: [length…]}; a payload names a blob by its index.
//  4. An object's text crosses once in an instance's life, later its digest alone: `forget` and `resend` have it sent again.
//  5. `hello` comes first and answers the versions; a host refuses a protocol number that is not its own.
package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

// protocolVersion changes whenever a frame of this build could be misread by a host of another.
const protocolVersion = 1

const headerLengthBytes = 4

// seam answers frames and knows which texts its host holds.
type seam struct {
	sent map[[sha256.Size]byte]struct{}
}

func newSeam() *seam {
	return &seam{sent: map[[sha256.Size]byte]struct{}{}}
}

// answer turns a request frame into a response frame; it has no other way to fail.
func (s *seam) answer(frame []byte) []byte {
	request, blobs, err := readRequest(frame)
	if err != nil {
		return writeResponse(wire.ResponseHeader{Fault: toFault(err)}, nil)
	}
	for _, digest := range request.Forget {
		delete(s.sent, decodeDigest(digest))
	}
	response, err := call(request, blobs)
	if err != nil {
		return writeResponse(wire.ResponseHeader{Fault: toFault(err)}, nil)
	}
	header := wire.ResponseHeader{Result: response.Result}
	if response.Objects != nil {
		header.Objects = s.textsOnce(&response, request.Resend)
	}
	return writeResponse(header, response.Blobs)
}

// textsOnce adds to the blobs the texts that the host does not hold yet.
func (s *seam) textsOnce(response *operation.Response, resend bool) []wire.SentObject {
	objects := make([]wire.SentObject, len(response.Objects))
	for index, object := range response.Objects {
		var digest [sha256.Size]byte
		if object.Digest == "" {
			digest = sha256.Sum256(object.Text)
			object.Digest = hex.EncodeToString(digest[:])
		} else {
			digest = decodeDigest(object.Digest)
		}
		objects[index].Object = object
		if _, held := s.sent[digest]; held && !resend {
			continue
		}
		s.sent[digest] = struct{}{}
		blob := response.Blob(object.Text)
		objects[index].Text = &blob
	}
	return objects
}

func decodeDigest(digest string) (bytes [sha256.Size]byte) {
	hex.Decode(bytes[:], []byte(digest))
	return bytes
}

// call runs the operation; a panic in it is ours or upstream's fault, and the instance can go on.
func call(header wire.RequestHeader, blobs [][]byte) (response operation.Response, err error) {
	handler, found := operation.Find(header.Operation)
	if !found {
		return response, fmt.Errorf("no operation %q; there are %v", header.Operation, operation.Names())
	}
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic in %s: %v\n%s", header.Operation, reason, debug.Stack())
		}
	}()
	return handler(operation.Request{Header: header.Payload, Blobs: blobs})
}

func toFault(err error) *wire.Fault {
	var fault *wire.Fault
	if errors.As(err, &fault) {
		return fault
	}
	return &wire.Fault{Kind: wire.KindCrash, Message: err.Error()}
}

func readRequest(frame []byte) (header wire.RequestHeader, blobs [][]byte, err error) {
	headerBytes, rest, err := cutHeader(frame)
	if err != nil {
		return header, nil, err
	}
	if err := json.Unmarshal(headerBytes, &header); err != nil {
		return header, nil, fmt.Errorf("request header: %w", err)
	}
	blobs = make([][]byte, len(header.Blobs))
	for index, length := range header.Blobs {
		if length < 0 || length > len(rest) {
			return header, nil, errors.New("request frame is shorter than its header says")
		}
		// The capacity ends with the blob: an append must not write into its neighbour.
		blobs[index] = rest[:length:length]
		rest = rest[length:]
	}
	if len(rest) != 0 {
		return header, nil, errors.New("request frame is longer than its header says")
	}
	return header, blobs, nil
}

func cutHeader(frame []byte) (header, rest []byte, err error) {
	if len(frame) < headerLengthBytes {
		return nil, nil, errors.New("request frame has no header length")
	}
	length := binary.LittleEndian.Uint32(frame)
	rest = frame[headerLengthBytes:]
	if uint64(length) > uint64(len(rest)) {
		return nil, nil, errors.New("request frame is shorter than its header")
	}
	return rest[:length], rest[length:], nil
}

func writeResponse(header wire.ResponseHeader, blobs [][]byte) []byte {
	size := headerLengthBytes
	header.Blobs = make([]int, len(blobs))
	for index, blob := range blobs {
		header.Blobs[index] = len(blob)
		size += len(blob)
	}
	headerBytes, err := json.Marshal(header)
	if err != nil {
		header = wire.ResponseHeader{Fault: &wire.Fault{Kind: wire.KindCrash, Message: "response header: " + err.Error()}, Blobs: []int{}}
		blobs = nil
		headerBytes, _ = json.Marshal(header)
	}
	frame := make([]byte, headerLengthBytes, size+len(headerBytes))
	binary.LittleEndian.PutUint32(frame, uint32(len(headerBytes)))
	frame = append(frame, headerBytes...)
	for _, blob := range blobs {
		frame = append(frame, blob...)
	}
	return frame
}

// readFrame reads one whole request from a stream; io.EOF between frames is the end.
func readFrame(stream io.Reader) ([]byte, error) {
	var prefix [headerLengthBytes]byte
	if _, err := io.ReadFull(stream, prefix[:]); err != nil {
		return nil, err
	}
	header := make([]byte, binary.LittleEndian.Uint32(prefix[:]))
	if _, err := io.ReadFull(stream, header); err != nil {
		return nil, err
	}
	var lengths struct {
		Blobs []int `json:"blobs"`
	}
	if err := json.Unmarshal(header, &lengths); err != nil {
		return nil, fmt.Errorf("request header: %w", err)
	}
	size := 0
	for _, length := range lengths.Blobs {
		size += length
	}
	frame := make([]byte, headerLengthBytes+len(header)+size)
	copy(frame, prefix[:])
	copy(frame[headerLengthBytes:], header)
	_, err := io.ReadFull(stream, frame[headerLengthBytes+len(header):])
	return frame, err
}
