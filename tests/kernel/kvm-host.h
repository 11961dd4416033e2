/* SPDX-License-Identifier: MIT */
/*
 * A minimal embedder of src/kernel for unit tests: descriptors are memfds, an
 * object is found by its number, signals are the test's.
 */
#ifndef FAUXKVM_TESTS_KVM_HOST_H
#define FAUXKVM_TESTS_KVM_HOST_H

#include <fauxkvm/kvm.h>

#include "kernel/kernel.h"

/*
 * Once, before anything else. Every errno of a request must come with its
 * reason, or the process aborts: FAUXKVM_LOG is not set in these tests.
 */
void kvm_host_init(void);
/* open("/dev/kvm"), ioctl(), close() by our own descriptor numbers. */
int kvm_host_open(void);
long kvm_host_ioctl(int fd, unsigned int cmd, unsigned long arg);
/* The same on an object that the caller has a reference on. */
long kvm_host_request(struct kobj *obj, int fd, unsigned int cmd,
		      unsigned long arg);
void kvm_host_close(int fd);
/* The object behind @fd with a reference, NULL: not one. */
struct kobj *kvm_host_get(int fd);
void *kvm_host_pages(int fd);
const char *kvm_host_name(int fd);
/* Objects with an open descriptor. */
unsigned int kvm_host_count(void);
/* Let the next install() fail with -EMFILE. */
void kvm_host_fail_next(void);
/* What the next run_begin() returns (a pending signal: -EINTR). */
void kvm_host_signal_pending(bool pending);

/* ioctl() with a pointer; the value or -errno. */
#define KVM(fd, cmd, arg) kvm_host_ioctl(fd, cmd, (unsigned long)(arg))

#endif
