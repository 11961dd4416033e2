// SPDX-License-Identifier: MIT

// A VM from Go, whose runtime makes its own threads, signals and system calls: a
// goroutine for each vCPU that counts what the guest writes, while others make garbage
// and run a program.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"
)

const (
	vcpus  = 4
	writes = 2000
	base   = 0x40000000
	device = 0x09000000

	kvmGetAPIVersion   = 0xae00
	kvmCreateVM        = 0xae01
	kvmGetVcpuMmapSize = 0xae04
	kvmCreateVcpu      = 0xae41
	kvmSetMemory       = 0x4020ae46
	kvmRun             = 0xae80
	kvmSetOneReg       = 0x4010aeac
	kvmVcpuInit        = 0x4020aeae
	kvmPreferredTarget = 0x8020aeaf
	kvmExitMmio        = 6

	regX0 = 0x6030000000100000
	regPC = 0x6030000000100040
)

// add x0, x0, #64; mov x1, #device; str w0, [x1]; b to the first
var code = []uint32{0x91010000, 0xd2a12001, 0xb9000020, 0x17fffffd}

type memory struct {
	slot, flags      uint32
	guest, size, host uint64
}

type vcpuInit struct {
	target   uint32
	features [7]uint32
}

type oneReg struct {
	id   uint64
	addr *uint64
}

func ioctl(fd, request, arg uintptr) uintptr {
	result, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fd, request, arg)
	if errno != 0 {
		panic(fmt.Sprintf("ioctl %#x: %v", request, errno))
	}
	return result
}

func setReg(vcpu uintptr, id, value uint64) {
	reg := oneReg{id, &value}
	ioctl(vcpu, kvmSetOneReg, uintptr(unsafe.Pointer(&reg)))
}

// run counts the guest's writes, each of which must be 64 more than the one before.
func run(vcpu uintptr, size int, first uint32) {
	runtime.LockOSThread()
	shared, err := syscall.Mmap(int(vcpu), 0, size,
		syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		panic(err)
	}
	wanted := first
	for n := 0; n < writes; {
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, vcpu, kvmRun, 0)
		if errno == syscall.EINTR {
			continue // The runtime's SIGURG.
		}
		reason := binary.LittleEndian.Uint32(shared[8:])
		addr := binary.LittleEndian.Uint64(shared[32:])
		if errno != 0 || reason != kvmExitMmio || addr != device {
			panic(fmt.Sprintf("errno %d, exit %d, address %#x", errno, reason, addr))
		}
		wanted += 64
		if got := binary.LittleEndian.Uint32(shared[40:]); got != wanted {
			panic(fmt.Sprintf("write %d: %d, not %d", n, got, wanted))
		}
		n++
	}
}

func main() {
	kvm, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	if version := ioctl(kvm.Fd(), kvmGetAPIVersion, 0); version != 12 {
		panic(version)
	}
	vm := ioctl(kvm.Fd(), kvmCreateVM, 0)
	ram, err := syscall.Mmap(-1, 0, 1<<16, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		panic(err)
	}
	for i, word := range code {
		binary.LittleEndian.PutUint32(ram[4*i:], word)
	}
	slot := memory{guest: base, size: uint64(len(ram)),
		host: uint64(uintptr(unsafe.Pointer(&ram[0])))}
	ioctl(vm, kvmSetMemory, uintptr(unsafe.Pointer(&slot)))

	var running, beside sync.WaitGroup
	size := int(ioctl(kvm.Fd(), kvmGetVcpuMmapSize, 0))
	for id := 0; id < vcpus; id++ {
		var init vcpuInit
		vcpu := ioctl(vm, kvmCreateVcpu, uintptr(id))
		ioctl(vm, kvmPreferredTarget, uintptr(unsafe.Pointer(&init)))
		ioctl(vcpu, kvmVcpuInit, uintptr(unsafe.Pointer(&init)))
		setReg(vcpu, regPC, base)
		setReg(vcpu, regX0, uint64(id))
		running.Add(1)
		go func(id int) {
			defer running.Done()
			run(vcpu, size, uint32(id))
		}(id)
	}
	var done int32
	beside.Add(1)
	go func() {
		defer beside.Done()
		for atomic.LoadInt32(&done) == 0 {
			garbage := make([][]byte, 100)
			for i := range garbage {
				garbage[i] = make([]byte, 4096)
			}
			runtime.GC()
		}
	}()
	said, err := exec.Command("/bin/echo", "child").Output()
	if err != nil || string(said) != "child\n" {
		panic(fmt.Sprintf("child: %q, %v", said, err))
	}
	running.Wait()
	atomic.StoreInt32(&done, 1)
	beside.Wait()
	fmt.Printf("%s/%s: %d writes of %d vCPUs\n", runtime.GOOS, runtime.GOARCH,
		vcpus*writes, vcpus)
}
