//! Which cluster this is, and which topic of that name.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as sys;
use sys::rd_kafka_admin_op_t as op;

use super::exchange::{Exchange, Refusal, array, checked, text, zero_ended};
use super::millis;

/// The id of the cluster; none if its brokers do not tell.
pub fn cluster_id<C: ClientContext>(client: &Client<C>, wait: Duration) -> Option<String> {
    // SAFETY: rule 1; the text is given away to us (rule 2).
    unsafe {
        let id = sys::rd_kafka_clusterid(client.native_ptr(), millis(wait));
        let copy = text(id);
        if !id.is_null() {
            sys::rd_kafka_mem_free(client.native_ptr(), id.cast());
        }
        copy.filter(|id| !id.is_empty())
    }
}

/// The id of a topic as Kafka prints it: 22 characters of base64url.
///
/// An unknown topic answers `UnknownTopicOrPartition`, brokers that give topics no ids (before Kafka
/// 2.8) `UnsupportedFeature`.
pub fn topic_id<C: ClientContext>(
    client: &Client<C>,
    topic: &str,
    wait: Duration,
) -> Result<String, Refusal> {
    let exchange = Exchange::of_any_broker(client, op::RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, wait)?;
    let name = zero_ended(topic)?;
    // SAFETY: rule 1; the request copies what is ours until it is destroyed.
    unsafe {
        let topics = sys::rd_kafka_TopicCollection_of_topic_names(&mut name.as_ptr(), 1);
        sys::rd_kafka_DescribeTopics(client.native_ptr(), topics, exchange.options, exchange.queue.0);
        sys::rd_kafka_TopicCollection_destroy(topics);
    }
    let answer = exchange.answer()?;
    // SAFETY: the descriptions belong to the answer (rule 3), and the id to its description.
    let id = unsafe {
        let result = sys::rd_kafka_event_DescribeTopics_result(answer.0);
        let topics = array(|count| sys::rd_kafka_DescribeTopics_result_topics(result, count));
        let topic = *topics.first().ok_or(RDKafkaErrorCode::Unknown)?;
        checked(sys::rd_kafka_TopicDescription_error(topic))?;
        let id = sys::rd_kafka_TopicDescription_topic_id(topic);
        if id.is_null() {
            return Err(RDKafkaErrorCode::UnsupportedFeature.into());
        }
        let (most, least) =
            (sys::rd_kafka_Uuid_most_significant_bits(id), sys::rd_kafka_Uuid_least_significant_bits(id));
        (u128::from(most.cast_unsigned()) << 64) | u128::from(least.cast_unsigned())
    };
    printed(id).ok_or(RDKafkaErrorCode::UnsupportedFeature.into())
}

/// An id in Kafka's spelling; all zeros is none. (librdkafka's own spelling is the other base64.)
fn printed(id: u128) -> Option<String> {
    (id != 0).then(|| URL_SAFE_NO_PAD.encode(id.to_be_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_spelled_as_kafka_spells_it() {
        assert_eq!(printed(u128::MAX).as_deref(), Some("_____________________w"));
        assert_eq!(printed(1).as_deref(), Some("AAAAAAAAAAAAAAAAAAAAAQ"));
        assert_eq!(printed(0), None, "a broker without topic ids");
    }
}
