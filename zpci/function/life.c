// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The life of a function: it is plugged, disabled and unplugged. Here its parts are put together.
 *
 * Disabling is the guest's device reset: afterwards all registrations are gone, and nothing of the
 * device reaches the guest. If the device still waits for its host then, the gate stays closed, and
 * the guest cannot enable the function until the device has drained.
 */
#include "zpci/function/life.h"

#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>

#include "zpci/function/dma.h"
#include "zpci/function/facts.h"
#include "zpci/function/fmb.h"
#include "zpci/function/gate.h"
#include "zpci/function/interruption.h"
#include "zpci/function/msix.h"
#include "zpci/function/platform.h"
#include "zpci/function/state.h"
#include "zpci/function/view.h"
#include "zpci/util/log.h"

void zpci_function_init(struct zpci_function *function, const struct zpci_function_parent *parent,
			unsigned index)
{
	memset(function, 0, sizeof(*function));
	function->parent = parent;
	function->group = &function->platform.group;
	atomic_init(&function->handle, ZPCI_HANDLE_OURS | index);
	atomic_init(&function->state, ZPCI_STATE_RESERVED);
	atomic_init(&function->closed, true);
	zpci_dma_init(&function->dma);
	zpci_fmb_init(&function->fmb);
	pthread_mutex_init(&function->lock, NULL);
	pthread_mutex_init(&function->interruption.lock, NULL);
}

void zpci_function_end(struct zpci_function *function)
{
	if (!function->device)
		return;
	zpci_function_lock(function);
	zpci_function_unplug(function);
	zpci_function_unlock(function);
	zpci_function_release(function);
}

void zpci_function_fini(struct zpci_function *function)
{
	zpci_function_end(function);
	zpci_fmb_fini(&function->fmb);
	zpci_dma_fini(&function->dma);
	pthread_mutex_destroy(&function->interruption.lock);
	pthread_mutex_destroy(&function->lock);
}

/* --- services ----------------------------------------------------------------------------- */

static void raise_vector(void *function, unsigned vector)
{
	zpci_msix_raise(function, vector);
}

/* Under dma.lock, so that a thread which closes the gate waits for this as well. */
static void device_error(void *opaque, uint16_t pec)
{
	struct zpci_function *function = opaque;

	pthread_rwlock_rdlock(&function->dma.lock);
	if (!zpci_function_is_closed(function))
		zpci_function_fail(function, pec, 0);
	pthread_rwlock_unlock(&function->dma.lock);
}

static void vfs_changed(void *opaque, unsigned vfs)
{
	struct zpci_function *function = opaque;

	if (!function->vf && vfs <= ZPCI_VFS_MAX)
		atomic_store(&function->vfs_enabled, vfs);
}

static void services_init(struct zpci_function *function)
{
	function->services = (struct zpci_services){
		.size = sizeof(function->services),
		.dma_read = zpci_dma_read,
		.dma_write = zpci_dma_write,
		.raise_vector = raise_vector,
		.logger = zpci_named_logger(&function->logger),
		.function = function,
		.error = device_error,
		.vfs_changed = vfs_changed,
		.dma_readv = zpci_dma_readv,
		.dma_writev = zpci_dma_writev,
	};
}

/* --- plugging ----------------------------------------------------------------------------- */

/* Gets what a life needs, and the device last. */
static int provide(struct zpci_function *function, const struct zpci_function_options *options,
		   bool quiesced)
{
	int rc = zpci_dma_provide(&function->dma);

	if (!rc)
		rc = zpci_fmb_provide(function, quiesced);
	/* From now on its threads may call services. They find the gate closed until the function
	 * is plugged. */
	function->services.values = options->values;
	if (!rc)
		rc = zpci_adapter_borrow(options->adapter, options->vf, &function->services,
					 &function->identity, &function->device);
	function->services.values = NULL;
	if (rc) {
		zpci_fmb_release(function);
		zpci_dma_release(&function->dma);
		return rc;
	}
	function->adapter = zpci_adapter_ref(options->adapter);
	function->model = zpci_adapter_model(options->adapter);
	return 0;
}

int zpci_function_plug(struct zpci_function *function, const struct zpci_function_options *options,
		       bool quiesced)
{
	int rc;

	zpci_function_assert_locked(function);
	function->logger.logger = function->parent->logger;
	snprintf(function->logger.name, sizeof(function->logger.name), "function 0x%08x",
		 options->fid);
	services_init(function);
	function->vf = options->vf;
	memset(&function->identity, 0, sizeof(function->identity));
	function->identity.size = sizeof(function->identity);
	atomic_store(&function->vfs_enabled, 0);
	rc = provide(function, options, quiesced);
	if (rc)
		return rc;
	function->pchid = zpci_adapter_pchid(options->adapter);
	function->fid = options->fid;
	function->uid = options->uid;
	function->publish_rid = options->publish_rid;
	function->view.profile = options->profile;
	rc = zpci_platform_init(function, options->platform);
	/* The device's first operation, after which it may free what it said of its platform. */
	if (!rc && quiesced)
		function->model->quiesce(function->device);
	if (!rc)
		rc = zpci_msix_init(function, zpci_view_capability(function, PCI_CAP_ID_MSIX));
	if (!rc)
		rc = function->parent->join(function->parent->opaque, function);
	if (rc)
		return rc;
	zpci_view_init(function);
	zpci_view_reset(function);
	zpci_gate_open(function);
	zpci_function_begin(function, options->standby);
	zpci_facts_publish(function);
	return 0;
}

/* Takes away all that the guest registered. When it returns, nothing of it is in flight. */
static void drop_registrations(struct zpci_function *function)
{
	zpci_interruption_deregister(function);
	zpci_dma_deregister(function);
	zpci_fmb_set(function, 0);
}

void zpci_function_unplug(struct zpci_function *function)
{
	zpci_function_assert_locked(function);
	zpci_facts_withdraw(function);
	zpci_gate_close(function);
	atomic_fetch_and(&function->handle, ~ZPCI_HANDLE_ENABLED);
	drop_registrations(function);
	/* Last, because no thread waits for the lock of a function in this state. */
	zpci_function_become_reserved(function);
}

void zpci_function_release(struct zpci_function *function)
{
	zpci_adapter_give_back(function->adapter, function->vf, function->device);
	function->device = NULL;
	zpci_msix_fini(function);
	/* The slot lives as long as the firmware, and there can be many: it keeps no memory. */
	zpci_dma_release(&function->dma);
	zpci_fmb_release(function);
	zpci_adapter_unref(function->adapter);
	function->adapter = NULL;
}

void zpci_function_disable(struct zpci_function *function)
{
	zpci_function_assert_locked(function);
	/* The gate first: if it refuses an access, the device knows that a reset has ended its
	 * work. The device would take any other refusal for an error of that work. */
	zpci_gate_close(function);
	function->model->reset(function->device);
	zpci_function_become_disabled(function);
	drop_registrations(function);
	/* The guest sees of it what it sees after power on. */
	zpci_msix_reset(function);
	zpci_view_reset(function);
	zpci_log(&function->parent->logger, ZPCI_LOG_DEBUG, "function 0x%08x: disabled and reset%s",
		 function->fid, zpci_gate_open(function) ? "" : ", its device waits for the host");
}
