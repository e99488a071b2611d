//go:build wasip1

// How the host talks to the module: it asks for room, writes a request there, and reads the answer where it is told.
package main

import "unsafe"

var received, answered []byte

//go:wasmexport request_room
func requestRoom(size uint32) uint32 {
	received = make([]byte, size)
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(received))))
}

//go:wasmexport respond
func respondToHost() uint32 {
	answered = respondInParts(received)
	received = nil
	return uint32(len(answered))
}

//go:wasmexport answer_place
func answerPlace() uint32 {
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(answered))))
}
