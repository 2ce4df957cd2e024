/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/device.h - the contract between a device model and the function in front of it.
 *
 * A device model knows PCI and nothing of s390: it would serve any host. It describes an
 * *adapter* with one physical function (PF) and up to 255 virtual functions (VFs), and for
 * each function that is borrowed it makes a *device*.
 *
 *	create adapter -> open device -> { config, bar, reset, quiesce, resume, drain,
 *	                      |            dma_map, dma_unmap }* -> close -> destroy
 *	                      |
 *	                      +-- services (DMA, vectors, errors), from open to close
 *
 * The gate. Between a device and the guest stands a gate of the function. While it is closed, a
 * device cannot touch guest memory or raise a vector: DMA returns -ECANCELED; vectors and errors
 * are dropped. It is closed from before open() until the function is plugged, and again from a
 * reset until the device has drained. A reset is made in steps, so that a device which waits for
 * its host never holds up a guest CPU:
 *
 *	close the gate    what is inside of a service leaves; nothing enters any more
 *	reset()           returns at once
 *	drain()           until it succeeds, the guest is told "busy" when it enables the function
 *	open the gate
 *
 * Threads. Operations on one device are called one at a time, with the function's lock held. There
 * are two exceptions, for which no lock of the function is held: close(), and drain() with @wait,
 * which may run beside another operation. Operations on different devices of one adapter are called
 * at the same time. A device may call services from any thread, also from within an operation;
 * services never wait for the lock under which operations are called. While a device calls a
 * service, it holds no lock that its operations take. From the return of drain() after quiesce() to
 * the call of resume(), and after the return of close(), a device calls no service. The functions
 * at the end of this file may be called from any thread.
 *
 * Data in config space and BARs are bytes in address order; PCI itself is little-endian.
 * The shortest complete model is zpci/device/null.c; a real one is zpci/device/probe.c. One in a
 * shared object of its own is examples/model/counter.c; <zpci/model.h> says how it is loaded.
 */
#ifndef ZPCI_DEVICE_H
#define ZPCI_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zpci/log.h>
#include <zpci/option.h>
#include <zpci/platform.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

#define ZPCI_BARS 6	      /* BARs of a function (PCI Local Bus 3.0, 6.2.5.1) */
#define ZPCI_CONFIG_SIZE 4096 /* bytes of config space (PCIe 5.0, 7.2) */
#define ZPCI_VFS_MAX 255      /* one bus per adapter (reference 9.3): devfn 0 is the PF's */

/* Flags of a BAR: the low bits of its register (source: PCI Local Bus 3.0, 6.2.5.1). */
#define ZPCI_BAR_64BIT 0x4	  /* its register is 64 bits wide */
#define ZPCI_BAR_PREFETCHABLE 0x8 /* reads are without effect */

/* Only memory BARs exist on this platform. A 64-bit BAR occupies its own entry and the next,
 * whose size is 0. */
struct zpci_bar {
	uint64_t size;	/* bytes, a power of two of at least 4096; 0: the BAR is absent */
	uint32_t flags; /* ZPCI_BAR_* */
};

/* Kinds of devices, by what they show in their config space. */
enum zpci_device_kind {
	/* A VF as hardware shows it: IDs ffff:ffff, BARs read-only zero; Memory and I/O bits of
	 * Command and the interrupt pin are hard-wired 0. Only the PF's SR-IOV capability tells
	 * what it is. (source: PCIe 5.0, 9.3.4) */
	ZPCI_DEVICE_RAW,
	/* It shows IDs and BARs: a PF, which always does, or a host's VF behind vfio. */
	ZPCI_DEVICE_VIRTUALISED,
};

/* What a function is, whatever its config space says. Filled in by open(). Host byte order. */
struct zpci_identity {
	size_t size; /* sizeof(struct zpci_identity) as the caller of open() was compiled; all
			fields are 0 before. A device writes no field behind it */
	enum zpci_device_kind kind;	 /* what its config space shows of this */
	uint16_t vendor_id;		 /* vendor ID; a VF's is its PF's */
	uint16_t device_id;		 /* device ID; a VF's is the capability's VF Device ID */
	uint32_t class_code;		 /* 24 bits: class, subclass, programming interface */
	uint8_t revision;		 /* revision ID */
	struct zpci_bar bars[ZPCI_BARS]; /* a VF's are the capability's VF BARs */
	uint16_t vfn;			 /* 0: PF; VFs count from 1 */
	uint8_t devfn; /* routing ID within the adapter's bus: 0 for the PF; for VF n
			  First VF Offset + VF Stride * (n - 1) (PCIe 5.0, 9.3.3.9) */
	bool sriov;    /* a PF with an SR-IOV capability */
	/* What the host's platform says of the function, if the device takes it from a host. NULL:
	 * nothing. The memory is the device's; the function reads it before it calls the device's
	 * next operation. */
	const struct zpci_platform *platform;
	/* The guest sees the Interrupt Pin register as the device shows it. Else it is 0, because
	 * this platform has no pins (reference 9.7). */
	bool interrupt_pin;
};

/* A part of a transfer. */
struct zpci_dma_segment {
	uint64_t address; /* DMA address */
	void *buffer;	  /* the device's; dma_writev() only reads it */
	size_t length;	  /* bytes; 0 is allowed */
};

/*
 * Services of the function for its device. Lives as long as the device.
 * DMA addresses are what the guest's driver gave to the device.
 *
 * A segment of 1, 2, 4 or 8 bytes at a multiple of its length is moved in one piece, and has an
 * order. When a guest's CPU sees such a segment that was written, it also sees all that the same
 * thread wrote before, in this service and in earlier ones. What a thread reads after such a
 * segment is not older than it. So a device writes data, and then a byte which says that the data
 * is there: a guest that finds the byte finds the data. Other bytes have no order.
 */
struct zpci_services {
	size_t size; /* sizeof(struct zpci_services) as the function was compiled; a device calls
			no service behind it */

	/* Moves @length bytes between @buffer and DMA address @address. Returns 0; -EFAULT if the
	 * guest gave no such translation or protected it; -ENODEV if the function is not enabled
	 * or the guest has not set Bus Master; -ECANCELED while the gate is closed: a reset ended
	 * the work that this access belongs to. On an error *@failed (may be NULL) is the first
	 * address that was refused: what lies before it was moved, and nothing from there on. */
	int (*dma_read)(void *function, uint64_t address, void *buffer, size_t length,
			uint64_t *failed);
	int (*dma_write)(void *function, uint64_t address, const void *buffer, size_t length,
			 uint64_t *failed);

	/* Raises MSI-X vector @vector. A masked one becomes pending; one beyond the table, of
	 * a function that is not enabled, or while the gate is closed, is dropped. Never fails,
	 * never waits for the guest. */
	void (*raise_vector)(void *function, unsigned vector);

	/* Takes messages about this function; puts its name in front of them. */
	struct zpci_logger logger;

	/* First argument of the services above and below. */
	void *function;

	/* The device failed by itself: the guest gets error event @pec (enum zpci_pec, below
	 * 0x0300), and the function goes to the state of that error (reference 8.5). Does nothing
	 * if the function is not enabled, unless the error is permanent, and nothing while the gate
	 * is closed. */
	void (*error)(void *function, uint16_t pec);

	/* The PF now has @vfs VFs: its guest enabled or disabled them in its SR-IOV capability, or
	 * a reset took them away. The device calls this from within the operation that changed it,
	 * also while the gate is closed. Published as zpci_function_info.vfs_enabled. Does nothing
	 * for a VF's device, or with more than ZPCI_VFS_MAX. */
	void (*vfs_changed)(void *function, unsigned vfs);

	/* As dma_read() and dma_write(), for @count segments, in their order. One call takes less
	 * time than a call for each segment. On an error, the segments before the one that has
	 * *@failed were moved, and the bytes of that one before *@failed. */
	int (*dma_readv)(void *function, const struct zpci_dma_segment *segments, size_t count,
			 uint64_t *failed);
	int (*dma_writev)(void *function, const struct zpci_dma_segment *segments, size_t count,
			  uint64_t *failed);

	/* What was given to the model's options for this function; NULL: nothing. Only while open()
	 * is called; the texts too. */
	const struct zpci_option_value *values;
};

/* Options of an adapter that every model has. As in all options structures, @size may be that of an
 * older version (fields that it lacks count as 0) or of a newer one (its unknown fields must be
 * 0). */
struct zpci_adapter_options {
	size_t size;		   /* sizeof(struct zpci_adapter_options) */
	unsigned vfs;		   /* number of VFs, 0 to ZPCI_VFS_MAX */
	struct zpci_logger logger; /* must work as long as the adapter lives. The one that a model
				      gets in create() puts the PCHID in front */
	/* What the model must be told, in a structure of the model's own: replica's is struct
	 * zpci_replica (<zpci/replica.h>), null and probe have none and ignore it. NULL: nothing.
	 * It is read in create() alone. */
	const void *description;
	/* What was given to the model's options for the adapter; NULL: nothing. It is read in
	 * create() alone. */
	const struct zpci_option_value *values;
};

/* Where the MSI-X table and the pending bits of a function are. */
struct zpci_msix_layout {
	unsigned vectors;   /* 0 to 2048; 0: no MSI-X */
	unsigned table_bar; /* number of the BAR: of a 64-bit one its first entry */
	uint32_t table;	    /* offset in it, a multiple of 8; 16 bytes for each vector */
	unsigned pba_bar;
	uint32_t pba; /* the same; 8 bytes for every 64 vectors, outside of the table */
};

/* What an adapter's functions are, if their config spaces have nothing unusual. */
struct zpci_pci_description {
	size_t size; /* sizeof(struct zpci_pci_description); the rule of
			struct zpci_adapter_options */
	uint16_t vendor_id;
	uint16_t device_id;    /* of the PF */
	uint16_t vf_device_id; /* of every VF */
	uint32_t class_code;   /* 24 bits; VFs have the class of their PF */
	uint8_t revision;
	struct zpci_bar bars[ZPCI_BARS];    /* of the PF */
	struct zpci_bar vf_bars[ZPCI_BARS]; /* of every VF */
	struct zpci_msix_layout msix;	    /* of every function */
};

/* Guest storage that a device may access by itself, at DMA addresses that its driver knows. */
struct zpci_dma_mapping {
	uint64_t address; /* DMA address of its first byte; a multiple of 4096 */
	uint64_t length;  /* bytes, a multiple of 4096 */
	void *host;	  /* its first byte in this process */
	int file;	  /* descriptor of what is mapped there, shared; -1: there is none */
	uint64_t offset;  /* of the first byte in that */
	bool write;	  /* the device may write as well as read */
};

/* Copied by zpci_adapter_create(); the strings must live longer than the adapters made of it. The
 * members up to resume are needed, those behind it are optional. With describe, config_read and
 * config_write are not needed. */
struct zpci_model {
	/* sizeof(struct zpci_model) as the model was compiled: optional members behind it count as
	 * NULL; bytes that this library does not know must be 0 */
	size_t size;
	const char *name; /* as in a configuration: lower case letters and digits */
	const char *help; /* one sentence */

	/* Makes an adapter. 0 and *@adapter, or a negative errno after a message in the logger
	 * of @options; -ENOMEM needs none. Of @options the logger may be kept. */
	int (*create)(const struct zpci_adapter_options *options, void **adapter);
	/* Frees an adapter, all of whose devices are closed. */
	void (*destroy)(void *adapter);

	/* Makes the device of one function: @vf 0 is the PF. Fills @identity. A function of an
	 * adapter is open only once at a time. @services stays valid until close(). 0 and *@device,
	 * or a negative errno after a message to the logger in @services; -ENOMEM needs none. It
	 * may wait for the host, because no CPU waits for it. */
	int (*open)(void *adapter, unsigned vf, const struct zpci_services *services,
		    struct zpci_identity *identity, void **device);
	/* Frees a device; its threads have ended when it returns. It may wait for the host, because
	 * the gate is closed, no lock of the function is held, and no other operation is called any
	 * more. */
	void (*close)(void *device);

	/* Config space, @offset + @length <= 4096, @length 1 to 4, not across a 4-byte boundary.
	 * What the device does not implement reads as 0 and ignores writes. A write of Initiate
	 * Function Level Reset resets the device as reset() does: the function has closed the gate
	 * before, and calls drain() afterwards. The function reads the list of capabilities once,
	 * after open(), so it must not change; the MSI-X table and the pending bits must lie within
	 * BARs. The function keeps MSI-X Enable and Function Mask. The device keeps Bus Master, and
	 * the function does what it says. */
	void (*config_read)(void *device, unsigned offset, void *data, unsigned length);
	void (*config_write)(void *device, unsigned offset, const void *data, unsigned length);

	/* BAR memory within the BAR's size; never the MSI-X table or pending bits, which the
	 * function owns. A read has 1 to 8 bytes. A write of more than 8 (at most 4096) is one
	 * store block, which the device gets as a whole. If an access also covers bytes that the
	 * function owns, the device gets two accesses, of the bytes before these and of the bytes
	 * behind them. -EIO refuses an access; an access of the bytes before has then been done. */
	int (*bar_read)(void *device, unsigned bar, uint64_t offset, void *data, size_t length);
	int (*bar_write)(void *device, unsigned bar, uint64_t offset, const void *data,
			 size_t length);

	/* Back to the state after open(): resets registers and config space, drops work in flight.
	 * Returns at once. The device's threads may still be doing work from before, but it cannot
	 * reach the guest, because the gate is closed; drain() says when they have ended it. Does
	 * not end a quiesce(). */
	void (*reset)(void *device);

	/* quiesce(): the device begins no more work that calls services, and keeps all state. It
	 * returns at once, and drain() follows. Other operations are still called, and the work
	 * that they cause waits for resume(). One resume(), or close(), ends each quiesce(). If a
	 * function is added while the machine is quiesced, this is the first call after open(). */
	void (*quiesce)(void *device);
	void (*resume)(void *device);

	/* Optional; NULL: reset() and quiesce() leave nothing to wait for. Returns 0 if, after
	 * reset(), no work from before is under way any more, or, after quiesce(), the device's
	 * threads are in no service. With @wait it waits until that is so. Without, it returns
	 * -EBUSY instead of waiting for the host; it may still wait for services that its threads
	 * are in, because these return at once when the gate is closed. From a reset until drain()
	 * returns 0, only config, reset, quiesce, resume, dma_map, dma_unmap and close are
	 * called. */
	int (*drain)(void *device, bool wait);

	/* Optional, both or none. For a device that accesses guest storage by itself instead of by
	 * services: hardware behind an IOMMU of the host, another process. Its functions are in
	 * a group with refresh (<zpci/platform.h>). It accesses what is mapped, and nothing else.
	 *
	 * dma_map() adds a mapping. Mappings do not overlap, and none is changed or cut. Returns 0;
	 * -ENOSPC or -ENOMEM: there is no room, and the guest is told, so that it makes some;
	 * another negative errno puts the function into the error state. After an error the mapping
	 * is not there. A reset removes no mapping: the function does, when the guest's tables end.
	 *
	 * dma_unmap() removes all mappings within @length bytes from @address; none of them lies
	 * only partly in that range. When it returns, the device does not access them any more. All
	 * are removed before close(), and after reset() when the function is disabled. */
	int (*dma_map)(void *device, const struct zpci_dma_mapping *mapping);
	void (*dma_unmap)(void *device, uint64_t address, uint64_t length);

	/* Optional: what a person can tell the model, up to NULL. At most ZPCI_OPTIONS_MAX. */
	const struct zpci_option *const *options;

	/* Optional, in place of config_read() and config_write(), which must be NULL then. What the
	 * functions of @adapter are; called once, after create(), and valid up to destroy(). The
	 * library keeps their config spaces: header, BARs, PCI Express with function-level reset,
	 * MSI-X, and SR-IOV of a PF that has VFs. VFs are ZPCI_DEVICE_RAW. open() gets @identity
	 * filled in. reset() is also called for a function-level reset. */
	const struct zpci_pci_description *(*describe)(void *adapter);
};

/* The model @name among those that are built in; NULL if there is none of that name. */
const struct zpci_model *zpci_model_find(const char *name);
/* All of them, by @index from 0; NULL behind the last. */
const struct zpci_model *zpci_model_get(unsigned index);

/*
 * Adapters. An adapter is counted by reference; it exists by itself, and firmwares borrow its
 * functions one by one. A detached VF is a VF lent without its PF; nothing else makes it special.
 */
struct zpci_adapter;

/*
 * zpci_adapter_create - make an adapter of @model.
 * @model:   from zpci_model_find(), or the caller's own; copied
 * @pchid:   physical channel ID, 16 bits, not 0; unique among the adapters of one firmware
 * @options: number of VFs and logger; NULL: no VFs, silent
 * @adapter: the result, with one reference
 * Returns 0, -EINVAL (option out of range; a model that is NULL or lacks something; so many VFs
 * that the last one's RID would be beyond 0xff), -ENOMEM, or the model's error. Each comes with a
 * message, except if there is no memory at all, or if the size of @options does not reach the
 * logger.
 */
int zpci_adapter_create(const struct zpci_model *model, uint16_t pchid,
			const struct zpci_adapter_options *options, struct zpci_adapter **adapter);
/* Takes one more reference; returns @adapter. */
struct zpci_adapter *zpci_adapter_ref(struct zpci_adapter *adapter);
/* Drops one reference; the last one destroys the adapter. NULL is allowed. */
void zpci_adapter_unref(struct zpci_adapter *adapter);

/* What zpci_adapter_create() got; constant. The PCHID: */
uint16_t zpci_adapter_pchid(const struct zpci_adapter *adapter);
/* The number of VFs: */
unsigned zpci_adapter_vfs(const struct zpci_adapter *adapter);
/* The adapter's copy of its model; valid as long as the adapter: */
const struct zpci_model *zpci_adapter_model(const struct zpci_adapter *adapter);

/*
 * zpci_adapter_borrow - open one function of an adapter: what a firmware does when a function
 * is added.
 * @vf:       VF counted from 1; 0: the PF
 * @services: the borrower's, valid until give-back; its logger is told of errors
 * @identity: the result: what was borrowed, as far as the size goes that the caller has set
 * @device:   the result: first argument of the model's operations
 * Returns 0, -EINVAL (no such VF), -EBUSY (already lent), or the model's error.
 * The adapter lives on until zpci_adapter_give_back().
 */
int zpci_adapter_borrow(struct zpci_adapter *adapter, unsigned vf,
			const struct zpci_services *services, struct zpci_identity *identity,
			void **device);
/* Closes @device, which was borrowed as @vf, and drops the reference that it had. Cannot fail. */
void zpci_adapter_give_back(struct zpci_adapter *adapter, unsigned vf, void *device);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
