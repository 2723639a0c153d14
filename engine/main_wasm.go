//go:build wasip1

// The engine as a WebAssembly reactor: the host calls alloc, fills the memory with a request frame, calls call, reads the
// response frame, and calls free.
package main

import (
	"runtime/metrics"
	"unsafe"
)

// held keeps what the host points at from being collected: request frames until they are called, responses until freed.
var held = map[uint32][]byte{}

var wasmSeam = newSeam()

//go:wasmexport alloc
func alloc(size uint32) uint32 {
	// One byte more than asked: an empty slice has no address of its own.
	frame := make([]byte, size+1)
	pointer := uint32(uintptr(unsafe.Pointer(unsafe.SliceData(frame))))
	held[pointer] = frame[:size:size]
	return pointer
}

//go:wasmexport free
func free(pointer uint32) {
	delete(held, pointer)
}

// call answers the frame at pointer, which belongs to the engine from then on. High half of the result: pointer of the
// response; low half: its length.
//
//go:wasmexport call
func callExport(pointer uint32) uint64 {
	frame := held[pointer]
	delete(held, pointer)
	response := wasmSeam.answer(frame)
	address := uint32(uintptr(unsafe.Pointer(unsafe.SliceData(response))))
	held[address] = response
	return uint64(address)<<32 | uint64(len(response))
}

// cycles is read in place, so that asking for it allocates nothing and starts no collection of its own.
var cycles = []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}

// gcCycles is how many garbage collections have ended. Each reads the wall clock once; the host subtracts them from the
// readings it counts and so learns whether the render itself asked for the time.
//
//go:wasmexport gcCycles
func gcCycles() uint32 {
	metrics.Read(cycles)
	return uint32(cycles[0].Value.Uint64())
}

// main is never run in a reactor; -buildmode=c-shared wants it.
func main() {}
