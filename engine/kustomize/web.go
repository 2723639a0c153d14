package kustomize

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
)

// web answers kustomize's HTTP requests from the handed-in trees. Its loader takes the process's default transport and
// cannot be given another one, so this package replaces that; nothing else in the engine speaks HTTP.
type web struct {
	sync.Mutex
	// pages holds the content of addresses; nil between builds.
	pages map[string][]byte
	// wanted is the address that was asked for last and is not there.
	wanted string
}

var network = &web{}

func init() { http.DefaultTransport = network }

// serve sets what the next build can read, and forgets what the last one wanted.
func (network *web) serve(pages map[string][]byte) {
	network.Lock()
	defer network.Unlock()
	network.pages, network.wanted = pages, ""
}

func (network *web) lastWanted() string {
	network.Lock()
	defer network.Unlock()
	return network.wanted
}

// RoundTrip answers 200 or fails; a status such as 404 would make kustomize try Git next.
func (network *web) RoundTrip(request *http.Request) (*http.Response, error) {
	network.Lock()
	defer network.Unlock()
	address := request.URL.String()
	content, found := network.pages[address]
	if !found {
		network.wanted = address
		return nil, fmt.Errorf("%s was not fetched beforehand", address)
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(content)), ContentLength: int64(len(content)), Request: request,
	}, nil
}

// address is the form in which RoundTrip meets a text.
func address(text string) string {
	parsed, err := url.ParseRequestURI(text)
	if err != nil {
		return text
	}
	return parsed.String()
}

func (network *web) page(address string) ([]byte, bool) {
	network.Lock()
	defer network.Unlock()
	content, found := network.pages[address]
	return content, found
}
