// A small language worker: it reads its arguments as the official Go worker does, and answers what a host asks.
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Fields of StreamingMessage.
const (
	requestID          = 1
	invocationRequest  = 4
	invocationResponse = 5
	loadRequest        = 8
	loadResponse       = 9
	terminate          = 14
	initResponse       = 16
	initRequest        = 17
	startStream        = 20
	metadataRequest    = 29
	metadataResponse   = 30
)

// All four are needed, anything else is passed over.
func functionsArguments(given []string) (map[string]string, bool) {
	known := map[string]string{}
	for index := 0; index < len(given)-1; index++ {
		name, isOption := strings.CutPrefix(given[index], "--functions-")
		if isOption {
			known[name] = given[index+1]
		}
	}
	for _, name := range []string{"uri", "worker-id", "request-id", "grpc-max-message-length"} {
		if known[name] == "" {
			return known, false
		}
	}
	return known, true
}

func runFunctionsWorker(given []string) {
	told, isWhole := functionsArguments(given)
	if !isWhole {
		fmt.Fprintln(os.Stderr, "an argument is missing:", given)
		os.Exit(2)
	}
	fmt.Println("LanguageWorkerConsoleLoga small Go worker")
	target := strings.TrimSuffix(strings.TrimPrefix(told["uri"], "http://"), "/")
	options := grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{}), grpc.MaxCallRecvMsgSize(math.MaxInt32))
	connection, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()), options)
	if err != nil {
		panic(err)
	}
	description := &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}
	path := "/AzureFunctionsRpcMessages.FunctionRpc/EventStream"
	stream, err := connection.NewStream(context.Background(), description, path)
	if err != nil {
		panic(err)
	}
	say := func(fields ...[]byte) {
		message := join(fields...)
		if err := stream.SendMsg(&message); err != nil {
			os.Exit(1)
		}
	}
	say(bytesField(startStream, stringField(2, told["worker-id"])))
	for {
		var message []byte
		if err := stream.RecvMsg(&message); err != nil {
			os.Exit(1)
		}
		answerHost(say, fieldsOf(message))
	}
}

func answerHost(say func(...[]byte), asked map[int][]byte) {
	success := bytesField(3, varintField(4, 1))
	id := stringField(requestID, string(asked[requestID]))
	for kind, content := range asked {
		within := fieldsOf(content)
		switch kind {
		case initRequest:
			say(id, bytesField(initResponse, stringField(1, "1.0.0"), success))
		case metadataRequest:
			say(id, bytesField(metadataResponse, bytesField(2, varintField(4, 1)), varintField(3, 1)))
		case loadRequest:
			say(id, bytesField(loadResponse, stringField(1, string(within[1])), bytesField(2, varintField(4, 1))))
		case invocationRequest:
			body := bytesField(4, stringField(1, "Hello from Go"))
			http := bytesField(5, stringField(12, "200"), body)
			say(id, bytesField(invocationResponse, stringField(1, string(within[1])), success, bytesField(4, http)))
		case terminate:
			os.Exit(0)
		}
	}
}

// The last field of each number that has bytes; numbers are passed over.
func fieldsOf(message []byte) map[int][]byte {
	found := map[int][]byte{}
	for len(message) > 0 {
		tag, size := binary.Uvarint(message)
		message = message[size:]
		value, size := binary.Uvarint(message)
		switch tag & 7 {
		case 0:
			message = message[size:]
		case 1:
			message = message[8:]
		case 2:
			message = message[size:]
			found[int(tag>>3)] = message[:value]
			message = message[value:]
		case 5:
			message = message[4:]
		}
	}
	return found
}

func varintField(number int, value uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(number)<<3), value)
}

func stringField(number int, text string) []byte {
	return bytesField(number, []byte(text))
}

func bytesField(number int, parts ...[]byte) []byte {
	content := join(parts...)
	head := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(number)<<3|2), uint64(len(content)))
	return append(head, content...)
}

func join(parts ...[]byte) []byte {
	joined := []byte{}
	for _, part := range parts {
		joined = append(joined, part...)
	}
	return joined
}
