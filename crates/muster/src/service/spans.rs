//! The spans of jobs, from the claim to the settlement, for a collector of OpenTelemetry. Only a build with the feature
//! `opentelemetry` has the exporter. The standard variables name the collector: without `OTEL_EXPORTER_OTLP_ENDPOINT` or
//! `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, nothing is sent. Spans have numbers and kinds, and no value of an employee.

#[cfg(not(feature = "opentelemetry"))]
mod exporter {
    use tracing_subscriber::layer::Identity;

    pub(crate) struct SpanExport;

    pub(in crate::service) fn start() -> (Identity, SpanExport) {
        (Identity::new(), SpanExport)
    }
}

#[cfg(feature = "opentelemetry")]
mod exporter {
    use crate::wiring::environment;
    use opentelemetry::trace::TracerProvider;
    use opentelemetry_otlp::SpanExporter;
    use opentelemetry_sdk::{
        Resource,
        trace::{SdkTracer, SdkTracerProvider},
    };
    use tracing::Subscriber;
    use tracing_opentelemetry::OpenTelemetryLayer;
    use tracing_subscriber::registry::LookupSpan;

    const ENDPOINTS: [&str; 2] = [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    ];

    /// Sends what is left when it is dropped.
    pub(crate) struct SpanExport(Option<SdkTracerProvider>);

    impl Drop for SpanExport {
        fn drop(&mut self) {
            if let Some(provider) = self.0.take() {
                // A collector that does not answer is no reason not to end.
                let _ = provider.shutdown();
            }
        }
    }

    pub(in crate::service) fn start<S: Subscriber + for<'s> LookupSpan<'s>>()
    -> (Option<OpenTelemetryLayer<S, SdkTracer>>, SpanExport) {
        if ENDPOINTS.iter().all(|name| environment(name).is_none()) {
            return (None, SpanExport(None));
        }
        // An address that is none is an error of the service's environment, which the exporter would repeat with each batch.
        let Ok(exporter) = SpanExporter::builder().with_http().build() else {
            anstream::eprintln!(
                "warning: spans are not sent, because the address of the collector is not valid"
            );
            return (None, SpanExport(None));
        };
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(Resource::builder().with_service_name("muster").build())
            .build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("muster"));
        (Some(layer), SpanExport(Some(provider)))
    }
}

pub(super) use exporter::{SpanExport, start};
