/** What a shim tells by itself: events to containerds of old, a log, numbers. */
package io.carafe.shim.binary.told;
