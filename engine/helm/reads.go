package helm

type reads struct{}
type digestPlace struct{}
type memoryStub struct{}
