package main

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
)

// pack gives text that TypeScript can hold: zlib, base64.
func pack(content []byte) (string, error) {
	var packed bytes.Buffer
	writer, err := zlib.NewWriterLevel(&packed, zlib.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := writer.Write(content); err != nil {
		return "", err
	}
	if err := writer.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes()), nil
}
