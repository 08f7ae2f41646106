"""Light between planes: one propagator, one file.

    grid                shape and pitch of a sampled plane

    angular_spectrum    exact, by the transfer function: short distances
    rayleigh_sommerfeld exact, by the sampled kernel: long distances
    band_limited        exact but for waves that miss the window: any distance
    fresnel             light near the axis, by the transfer function
    fresnel_impulse     the same by the sampled kernel
    dense_fresnel       the same as two matrix products, on any output grid
    chirp_z             the same on any output grid by FFT
    fresnel_single      the same by one FFT, on a grid that grows
    fraunhofer          the far field

    volume              thick media, slice by slice
    propagation         the method that fits, or the one that is named
    report              what sampling means for one way of light
    request             what every propagator is asked
    convolution         of a field with a kernel, by FFT
    sampling            when a grid can represent what a propagator does

    sources             images, plane waves, points; beams has the Gaussian modes
    masks               thin masks, and where detectors lie
    heights, slab       reliefs that delay and absorb; plates with their reflections
    materials           refractive indices with their sources and ranges
    lens, aperture, grating, four_f, beam_splitter, polarization
                        the rest of an optical table
    modulators          panels of pixels: SLM and DMD
    levels, bounds      a finite number of heights; parameters that keep their gradient
    coherence           partially coherent light as modes
    incoherent          light without coherence: intensities in, intensities out
    perturbation        errors of a diffractive layer, and how large they are
    layer               a mask and the space behind it, with errors
    geometry            standard geometries of diffractive networks

A field is `complex[..., y, x]` on a `Grid`; |u|^2 dy dx is the power of a pixel [W].
"""

from photonn.free_space import angular_spectrum as angular_spectrum
from photonn.free_space import aperture as aperture
from photonn.free_space import band_limited as band_limited
from photonn.free_space import beam_splitter as beam_splitter
from photonn.free_space import beams as beams
from photonn.free_space import bounds as bounds
from photonn.free_space import chirp_z as chirp_z
from photonn.free_space import coherence as coherence
from photonn.free_space import convolution as convolution
from photonn.free_space import dense_fresnel as dense_fresnel
from photonn.free_space import four_f as four_f
from photonn.free_space import fraunhofer as fraunhofer
from photonn.free_space import fresnel as fresnel
from photonn.free_space import fresnel_impulse as fresnel_impulse
from photonn.free_space import fresnel_single as fresnel_single
from photonn.free_space import geometry as geometry
from photonn.free_space import grating as grating
from photonn.free_space import grid as grid
from photonn.free_space import heights as heights
from photonn.free_space import incoherent as incoherent
from photonn.free_space import layer as layer
from photonn.free_space import lens as lens
from photonn.free_space import levels as levels
from photonn.free_space import masks as masks
from photonn.free_space import materials as materials
from photonn.free_space import modulators as modulators
from photonn.free_space import perturbation as perturbation
from photonn.free_space import polarization as polarization
from photonn.free_space import propagation as propagation
from photonn.free_space import rayleigh_sommerfeld as rayleigh_sommerfeld
from photonn.free_space import report as report
from photonn.free_space import request as request
from photonn.free_space import sampling as sampling
from photonn.free_space import slab as slab
from photonn.free_space import sources as sources
from photonn.free_space import volume as volume
from photonn.free_space.geometry import Geometry as Geometry
from photonn.free_space.grid import Grid as Grid
from photonn.free_space.perturbation import Perturbation as Perturbation
from photonn.free_space.perturbation import Tolerances as Tolerances
from photonn.free_space.propagation import propagate as propagate
from photonn.free_space.report import SamplingReport as SamplingReport
from photonn.free_space.report import sampling_report as sampling_report
