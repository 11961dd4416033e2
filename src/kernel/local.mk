noinst_LTLIBRARIES += src/kernel/libkernel.la
src_kernel_libkernel_la_SOURCES = \
	src/kernel/attr.c \
	src/kernel/caps.c \
	src/kernel/clock.c \
	src/kernel/coalesced.c \
	src/kernel/device.c \
	src/kernel/dirty.c \
	src/kernel/event-thread.c \
	src/kernel/eventfd.c \
	src/kernel/idreg.c \
	src/kernel/internal.h \
	src/kernel/ioeventfd.c \
	src/kernel/irqfd.c \
	src/kernel/irqline.c \
	src/kernel/kernel.h \
	src/kernel/memslot.c \
	src/kernel/mmio-bus.c \
	src/kernel/onereg.c \
	src/kernel/psci.c \
	src/kernel/routing.c \
	src/kernel/smccc.c \
	src/kernel/smccc.h \
	src/kernel/stats.c \
	src/kernel/steal.c \
	src/kernel/system.c \
	src/kernel/table.c \
	src/kernel/timer.c \
	src/kernel/trng.c \
	src/kernel/vcpu-run.c \
	src/kernel/vcpu.c \
	src/kernel/vfio.c \
	src/kernel/vm-ioctl.c \
	src/kernel/vm.c
