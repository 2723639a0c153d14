//go:build !wasip1

// The engine as a native process for tests and profiles: request frames on stdin, response frames on stdout.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		os.Exit(1)
	}
}

func serve(requests io.Reader, responses io.Writer) error {
	seam := newSeam()
	reader := bufio.NewReader(requests)
	for {
		frame, err := readFrame(reader)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := responses.Write(seam.answer(frame)); err != nil {
			return err
		}
	}
}
