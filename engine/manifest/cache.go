package manifest

import (
	"sync"
)

// documentCacheBytes bounds what parsed documents may take, by the estimate of weigh. A fleet renders the same documents
// for nearly every cluster (CRDs above all), and parsing YAML is the dearest step after the templates themselves.
const documentCacheBytes = 48 << 20

// documentCache keeps documents by their text in two generations: when the young one is half of the bound, the old one is
// dropped and they change places, so that what is used stays. Keys are texts rather than hashes, since SHA-256 costs as much
// as printing in WebAssembly and a fast hash could be collided on purpose.
type documentCache struct {
	mutex      sync.Mutex
	young, old map[string]*Document
	youngBytes int
	limitBytes int
}

var documents = documentCache{young: map[string]*Document{}, limitBytes: documentCacheBytes}

func (cache *documentCache) find(text string) *Document {
	cache.mutex.Lock()
	defer cache.mutex.Unlock()
	if document, found := cache.young[text]; found {
		return document
	}
	document, found := cache.old[text]
	if !found {
		return nil
	}
	cache.insert(document)
	return document
}

func (cache *documentCache) keep(document *Document) {
	cache.mutex.Lock()
	defer cache.mutex.Unlock()
	document.cacheBytes = weigh(document.text)
	cache.insert(document)
}

func (cache *documentCache) insert(document *Document) {
	if cache.youngBytes+document.cacheBytes > cache.limitBytes/2 {
		cache.old, cache.young, cache.youngBytes = cache.young, map[string]*Document{}, 0
	}
	cache.young[document.text] = document
	cache.youngBytes += document.cacheBytes
}

// weigh estimates a document with its canonical texts: text, two finished texts, and the nodes around them.
func weigh(text string) int { return 3*len(text) + 512 }
