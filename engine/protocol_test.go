package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
)

func readGolden(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "protocol", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatal(err)
	}
}

// toFrame puts the length in front of a golden frame, which is written as header and blobs.
func toFrame(golden string) []byte {
	// The header is the one JSON value at the front.
	decoder := json.NewDecoder(strings.NewReader(golden))
	var header json.RawMessage
	if err := decoder.Decode(&header); err != nil {
		panic(err)
	}
	frame := binary.LittleEndian.AppendUint32(nil, uint32(decoder.InputOffset()))
	return append(frame, golden...)
}

func TestRequestFramesAreReadAsTheGoldensSay(t *testing.T) {
	var goldens []struct {
		Name, Operation, Frame string
		Payload                json.RawMessage
		Resend                 bool
		Forget, Blobs          []string
	}
	readGolden(t, "requests.json", &goldens)
	for _, golden := range goldens {
		t.Run(golden.Name, func(t *testing.T) {
			header, blobs, err := readRequest(toFrame(golden.Frame))
			if err != nil {
				t.Fatal(err)
			}
			texts := []string{}
			for _, blob := range blobs {
				texts = append(texts, string(blob))
			}
			var got, want any
			_ = json.Unmarshal(header.Payload, &got)
			_ = json.Unmarshal(golden.Payload, &want)
			if header.Operation != golden.Operation || header.Resend != golden.Resend ||
				!reflect.DeepEqual(header.Forget, golden.Forget) || !reflect.DeepEqual(got, want) ||
				!reflect.DeepEqual(texts, golden.Blobs) {
				t.Fatalf("got %+v %q", header, texts)
			}
		})
	}
}

func TestResponseFramesAreWrittenAsTheGoldensSay(t *testing.T) {
	var goldens []struct {
		Name, Frame string
		Result      json.RawMessage
		Fault       *wire.Fault
		Objects     []wire.SentObject
		Texts       []string
	}
	readGolden(t, "responses.json", &goldens)
	for _, golden := range goldens {
		t.Run(golden.Name, func(t *testing.T) {
			header := wire.ResponseHeader{Fault: golden.Fault, Objects: golden.Objects}
			if golden.Result != nil {
				header.Result = golden.Result
			}
			blobs := [][]byte{}
			for _, text := range golden.Texts {
				blobs = append(blobs, []byte(text))
			}
			if got := writeResponse(header, blobs); !bytes.Equal(got, toFrame(golden.Frame)) {
				t.Fatalf("got  %q\nwant %q", got, toFrame(golden.Frame))
			}
		})
	}
}

func TestABrokenFrameIsAFaultOfOurs(t *testing.T) {
	for name, frame := range map[string][]byte{
		"empty":             {},
		"no header":         {9, 0, 0, 0},
		"header is no JSON": toFrameOf("{"),
		"blob is missing":   toFrameOf(`{"operation":"hello","blobs":[1]}`),
		"blob too many":     append(toFrameOf(`{"operation":"hello","blobs":[]}`), 'x'),
		"negative length":   toFrameOf(`{"operation":"hello","blobs":[-1]}`),
		"no operation":      toFrameOf(`{"operation":"none","blobs":[]}`),
	} {
		t.Run(name, func(t *testing.T) {
			if fault := readFault(t, newSeam().answer(frame)); fault == nil || fault.Kind != wire.KindCrash {
				t.Fatalf("got %+v", fault)
			}
		})
	}
}

func toFrameOf(header string) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(header))), header...)
}

func readFault(t *testing.T, frame []byte) *wire.Fault {
	t.Helper()
	var header struct{ Fault *wire.Fault }
	if err := json.Unmarshal(frame[4:4+binary.LittleEndian.Uint32(frame)], &header); err != nil {
		t.Fatal(err)
	}
	return header.Fault
}

func init() {
	operation.Register("test/panic", func(operation.Request) (operation.Response, error) { panic("on purpose") })
	operation.Register("test/objects", func(request operation.Request) (operation.Response, error) {
		var response operation.Response
		for _, text := range request.Blobs {
			response.Objects = append(response.Objects, wire.Object{Kind: "Test", Text: text})
		}
		return response, nil
	})
}

func TestAPanicIsAFaultAndTheEngineGoesOn(t *testing.T) {
	seam := newSeam()
	fault := readFault(t, seam.answer(toFrameOf(`{"operation":"test/panic","blobs":[]}`)))
	if fault == nil || fault.Kind != wire.KindCrash || !strings.Contains(fault.Message, "on purpose") {
		t.Fatalf("got %+v", fault)
	}
	if fault := readFault(t, seam.answer(toFrameOf(`{"operation":"hello","blobs":[]}`))); fault != nil {
		t.Fatalf("got %+v", fault)
	}
}

func TestATextIsSentOnceUntilItIsForgotten(t *testing.T) {
	seam := newSeam()
	const digest = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" // sha256 of "foo"
	for _, step := range []struct{ name, more, want string }{
		{"first", "", `{"objects":[{"apiVersion":"","kind":"Test","name":"","digest":"` + digest + `","text":0},` +
			`{"apiVersion":"","kind":"Test","name":"","digest":"` + digest + `"}],"blobs":[3]}foo`},
		{"again", "", `{"objects":[{"apiVersion":"","kind":"Test","name":"","digest":"` + digest + `"},` +
			`{"apiVersion":"","kind":"Test","name":"","digest":"` + digest + `"}],"blobs":[]}`},
		{"forgotten", `"forget":["` + digest + `"],`,
			`{"objects":[{"apiVersion":"","kind":"Test","name":"","digest":"` + digest + `","text":0},` +
				`{"apiVersion":"","kind":"Test","name":"","digest":"` + digest + `"}],"blobs":[3]}foo`},
		{"asked for", `"resend":true,`,
			`{"objects":[{"apiVersion":"","kind":"Test","name":"","digest":"` + digest + `","text":0},` +
				`{"apiVersion":"","kind":"Test","name":"","digest":"` + digest + `","text":1}],"blobs":[3,3]}foofoo`},
	} {
		request := toFrame(`{"operation":"test/objects",` + step.more + `"blobs":[3,3]}foofoo`)
		if got := seam.answer(request); !bytes.Equal(got, toFrame(step.want)) {
			t.Fatalf("%s: got %q", step.name, got)
		}
	}
}

func TestTheNativeEngineAnswersFramesOfAStream(t *testing.T) {
	hello := toFrameOf(`{"operation":"hello","blobs":[]}`)
	var out bytes.Buffer
	if err := serve(bytes.NewReader(append(append([]byte{}, hello...), hello...)), &out); err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(out.Bytes(), []byte(`{"result":{"protocol":1,`)); got != 2 {
		t.Fatalf("%d answers: %q", got, out.Bytes())
	}
}
